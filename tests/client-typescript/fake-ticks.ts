// What a fake gateway has applied, by the rule of producers: a number that was seen with the same ticks is a duplicate.
import type { IncomingMessage, ServerResponse } from "node:http";

export interface FakeTick {
  readonly symbol: string;
  readonly ts: number;
  readonly price?: number | null;
  readonly [field: string]: unknown;
}

export interface FakeFailure {
  readonly code: string;
  readonly retryAfterS: number | null;
}

/** What becomes of the next request of `POST /ingest`; after the script everything is taken. */
export type PostBehaviour =
  | "take"
  | "reset"
  /** The batch is applied, and the connection breaks before the answer. */
  | "take_then_reset"
  | { readonly status: number; readonly code: string; readonly retryAfter?: string };

export interface FakeBatch {
  readonly producer: string;
  readonly seq: number;
  readonly ticks: readonly FakeTick[];
  readonly atMs: number;
}

export class FakeTicks {
  /** In the order in which they were applied, each once unless the client is wrong. */
  readonly applied: FakeTick[] = [];
  /** Every batch that came. */
  readonly received: FakeBatch[] = [];
  readonly script: PostBehaviour[] = [];
  /** Symbols that take nothing: as often as `times` says, or for ever. */
  readonly failing = new Map<string, FakeFailure & { times?: number }>();
  /** Batches by producer, number and symbol. */
  private readonly known = new Map<string, string>();

  /** Applies a batch, each symbol by itself. */
  apply(producer: string, seq: number, ticks: readonly FakeTick[]) {
    this.received.push({ producer, seq, ticks, atMs: Date.now() });
    const symbols: Record<string, Record<string, unknown>> = {};
    const errors: Record<string, unknown>[] = [];
    const totals = { accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: 0 };
    for (const symbol of new Set(ticks.map((tick) => tick.symbol))) {
      const its = ticks.filter((tick) => tick.symbol === symbol);
      const valid = its.filter(({ price }) => price === undefined || price === null || Number(price) > 0);
      const failed = this.failureOf(symbol);
      const key = `${producer} ${seq} ${symbol}`;
      const content = JSON.stringify(its);
      const before = this.known.get(key);
      const counts = { accepted: 0, duplicate: 0, late: 0, held: 0, released: 0, rejected: its.length - valid.length };
      if (failed !== undefined) {
        const { code, retryAfterS } = failed;
        symbols[symbol] = { ...counts, failed: { code, detail: `${code} of ${symbol}`, retry_after_s: retryAfterS } };
      } else if (before !== undefined && before !== content) {
        symbols[symbol] = {
          ...counts,
          failed: { code: "sequence_conflict", detail: "other ticks", retry_after_s: null },
        };
      } else if (before !== undefined) symbols[symbol] = { ...counts, duplicate: valid.length };
      else {
        this.known.set(key, content);
        this.applied.push(...valid);
        symbols[symbol] = { ...counts, accepted: valid.length };
      }
      for (const tick of its.filter((its) => !valid.includes(its))) {
        const expected = "a number from 1e-15 to 1000000000000000";
        const got = String(tick.price);
        errors.push({
          index: ticks.indexOf(tick),
          symbol,
          reason: "price_not_positive",
          field: "price",
          got,
          expected,
        });
      }
      for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += Number(symbols[symbol][name]);
    }
    return { ...totals, symbols, errors, errors_omitted: 0 };
  }

  post(request: IncomingMessage, response: ServerResponse, body: string): void {
    const behaviour = this.script.shift() ?? "take";
    if (typeof behaviour === "object") {
      const { status, code, retryAfter } = behaviour;
      const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
      response.writeHead(status, headers).end(JSON.stringify({ code, detail: code, status }));
      return;
    }
    if (behaviour === "reset") {
      request.socket.destroy();
      return;
    }
    const { "x-producer-id": producer, "x-producer-seq": seq } = request.headers;
    const answer = this.apply(String(producer), Number(seq), JSON.parse(body) as FakeTick[]);
    if (behaviour === "take_then_reset") {
      request.socket.destroy();
      return;
    }
    const failed = Object.values(answer.symbols).filter((its) => its["failed"] !== undefined).length;
    const status = failed === 0 ? 200 : failed === Object.keys(answer.symbols).length ? 503 : 207;
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
  }

  private failureOf(symbol: string): FakeFailure | undefined {
    const failure = this.failing.get(symbol);
    if (failure?.times === undefined) return failure;
    if (failure.times === 0) return undefined;
    failure.times -= 1;
    return failure;
  }
}
