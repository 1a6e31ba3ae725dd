// A small gateway on loopback for the feeds' tests: real HTTP, scripted failures, and the producer rule of the real
// one.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { freePort } from "../../local-gateway/free-port.ts";

/** What it does with the next `POST /ingest`; after the script it takes everything. */
export type Behaviour =
  | { readonly kind: "take" }
  | { readonly kind: "status"; readonly status: number; readonly body?: string; readonly retryAfter?: string }
  | { readonly kind: "reset" }
  | { readonly kind: "stall" }
  /** Applies the batch, then the connection breaks before the answer. */
  | { readonly kind: "take_then_reset" };

export interface FakeTick {
  readonly symbol: string;
  readonly ts: number;
  readonly price: number;
  readonly [field: string]: unknown;
}

export interface ReceivedBatch {
  readonly producer: string;
  readonly seq: number;
  readonly authorization: string | undefined;
  readonly ticks: readonly FakeTick[];
  readonly atMs: number;
}

export class FakeGateway {
  /** Every `POST /ingest` that came, the failed ones too. */
  readonly received: ReceivedBatch[] = [];
  /** Ticks that were applied, in order. */
  readonly applied: FakeTick[] = [];
  readonly script: Behaviour[] = [];
  /** Answers to GET, by path with query. */
  readonly answers = new Map<string, { status: number; body: unknown }>();
  /** Answers to other POSTs than `/ingest`, by path, and what was asked there. */
  readonly posted = new Map<string, { status: number; body: unknown; asked: string[] }>();
  /** Paths that answer 401 to a GET without this bearer token; `/version` is open. */
  readToken: string | undefined;
  /** Ticks with a price of this and more are rejected. */
  rejectFrom = Infinity;
  /** Symbols that take nothing; `times` counts down, and without it they never do. */
  readonly failing = new Map<string, { status: number; times?: number; retryAfterS?: number | null }>();
  /** Batches that were applied, by producer, number and symbol. */
  private readonly known = new Set<string>();
  private readonly server: Server = createServer((request, response) => void this.handle(request, response));

  /** @param at port, one that is free by default. */
  async start(at?: number): Promise<string> {
    const port = at ?? (await freePort());
    await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    return `http://127.0.0.1:${port}`;
  }

  get isListening(): boolean {
    return this.server.listening;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (request.method === "GET") {
      const isOpen = this.readToken === undefined || request.url === "/version";
      if (!isOpen && request.headers.authorization !== `Bearer ${this.readToken}`) {
        response.writeHead(401).end(JSON.stringify({ code: "not_authenticated", detail: "Authorization: got none" }));
        return;
      }
      const answer = this.answers.get(request.url ?? "") ?? { status: 404, body: { detail: "not found" } };
      response.writeHead(answer.status, { "Content-Type": "application/json" }).end(JSON.stringify(answer.body));
      return;
    }
    const posted = this.posted.get(request.url ?? "");
    if (posted !== undefined) {
      posted.asked.push(`${request.headers.authorization ?? "no token"} ${body}`);
      response.writeHead(posted.status, { "Content-Type": "application/json" }).end(JSON.stringify(posted.body));
      return;
    }
    const batch = this.parse(request, body);
    this.received.push(batch);
    const behaviour = this.script.shift() ?? { kind: "take" };
    if (behaviour.kind === "stall") return;
    if (behaviour.kind === "status") {
      if (behaviour.retryAfter !== undefined) response.setHeader("Retry-After", behaviour.retryAfter);
      response.writeHead(behaviour.status).end(behaviour.body ?? "");
      return;
    }
    const answer = behaviour.kind === "reset" ? undefined : this.take(batch);
    if (behaviour.kind !== "take") request.socket.destroy();
    else response.writeHead(answer!.status).end(JSON.stringify(answer!.body));
  }

  private parse(request: IncomingMessage, body: string): ReceivedBatch {
    return {
      producer: String(request.headers["x-producer-id"]),
      seq: Number(request.headers["x-producer-seq"]),
      authorization: request.headers.authorization,
      ticks: JSON.parse(body) as FakeTick[],
      atMs: Date.now(),
    };
  }

  /** Whether a symbol takes nothing of this batch, and the status that a request of it alone has. */
  private failureOf(symbol: string): { readonly status: number; readonly retryAfterS: number | null } | undefined {
    const failure = this.failing.get(symbol);
    if (failure === undefined) return undefined;
    if (failure.times !== undefined && failure.times-- <= 0) return undefined;
    return { status: failure.status, retryAfterS: failure.retryAfterS === undefined ? 0 : failure.retryAfterS };
  }

  private take(batch: ReceivedBatch) {
    const zero = () => ({ accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0 });
    const total = zero();
    const symbols: Record<string, ReturnType<typeof zero> & { steps_closed: number; failed?: object }> = {};
    const errors: unknown[] = [];
    const known = new Set<string>();
    const statuses: number[] = [];
    for (const symbol of new Set(batch.ticks.map((tick) => tick.symbol))) {
      const failure = this.failureOf(symbol);
      symbols[symbol] = { ...zero(), steps_closed: 0 };
      if (failure !== undefined) {
        symbols[symbol].failed = {
          ...{ code: "symbol_failed", detail: "not taken: broken" },
          retry_after_s: failure.retryAfterS,
        };
        statuses.push(failure.status);
        continue;
      }
      const key = `${batch.producer} ${batch.seq} ${symbol}`;
      if (this.known.has(key)) known.add(symbol);
      this.known.add(key);
    }
    for (const [index, tick] of batch.ticks.entries()) {
      const ofSymbol = symbols[tick.symbol]!;
      if (ofSymbol.failed !== undefined) continue;
      const verdict = tick.price >= this.rejectFrom ? "rejected" : known.has(tick.symbol) ? "duplicate" : "accepted";
      ofSymbol[verdict] += 1;
      total[verdict] += 1;
      if (verdict === "accepted") this.applied.push(tick);
      const reason = { reason: "ts_outlier", field: "ts", got: String(tick.ts), expected: "near the others" };
      if (verdict === "rejected") errors.push({ index, symbol: tick.symbol, ...reason });
    }
    const taken = Object.keys(symbols).length - statuses.length;
    const alone = Math.max(0, ...statuses);
    const isRefused = total.accepted === 0 && total.rejected > 0;
    const status = alone === 0 ? (isRefused ? 422 : 200) : taken > 0 ? 207 : alone;
    return { status, body: { ...total, symbols, errors, errors_omitted: 0 } };
  }
}
