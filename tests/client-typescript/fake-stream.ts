// The streams of the fake gateway: events with a position of each symbol, checks after every few, resuming by cursor,
// and the same as Server-Sent Events.
import type { ServerResponse } from "node:http";
import type { WebSocket } from "ws";

/** So often a check comes; the real gateway's is 256. */
const CHECK_EVERY = 16;
const MOST_CHECKS = 4;

interface FakeEvent {
  readonly type: "prediction" | "label";
  readonly symbol: string;
  readonly step: number;
}

interface Reader {
  /** Next event to be sent. */
  at: number;
  readonly from: ReadonlyMap<string, number>;
  readonly symbols: readonly string[];
  readonly send: (message: Readonly<Record<string, unknown>>) => void;
  readonly canSend: () => boolean;
}

export class FakeStream {
  readonly events: FakeEvent[] = [];
  /** Queries of the readers that came. */
  readonly readers: URLSearchParams[] = [];
  /** Names that are not followed. */
  unknown: string[] = [];
  /** Checks that were answered, and the most that were not at once. */
  checked = 0;
  mostUnchecked = 0;
  /** Whether each reader that comes makes a step of each of its symbols. */
  stepEach = false;
  /** Sent instead of the next event; a text is sent as it is. */
  readonly instead: unknown[] = [];
  /** Overviews that a socket of `/overview` gives one after the other. */
  readonly overviews: object[] = [];
  private readonly open = new Set<Reader>();
  /** Closes of Server-Sent Events. */
  private readonly responses = new Set<ServerResponse>();

  /** Events of a step: a prediction and the label of an earlier one. */
  step(symbol: string, step: number): void {
    this.events.push({ type: "prediction", symbol, step }, { type: "label", symbol, step });
    for (const reader of this.open) this.push(reader);
  }

  endEvents(): void {
    for (const response of this.responses) response.destroy();
  }

  accept(socket: WebSocket, url: URL): void {
    this.readers.push(url.searchParams);
    let sent = 0;
    let checks = 0;
    let answered = 0;
    const reader: Reader = {
      ...this.startOf(url),
      send: (message) => {
        socket.send(typeof message["raw"] === "string" ? message["raw"] : JSON.stringify(message));
        if (message["type"] === "hello") return;
        sent += 1;
        if (sent % CHECK_EVERY !== 0) return;
        checks += 1;
        this.mostUnchecked = Math.max(this.mostUnchecked, checks - answered);
        socket.send(JSON.stringify({ type: "check", n: checks }));
      },
      canSend: () => checks - answered < MOST_CHECKS && socket.readyState === socket.OPEN,
    };
    socket.on("message", (data) => {
      const text = String(data);
      if (text === "ping") return;
      const { type, n } = JSON.parse(text) as { type: string; n: number };
      if (type !== "checked") throw new Error(`a reader sent ${text}`);
      answered = n;
      this.checked += 1;
      this.push(reader);
    });
    socket.on("close", () => this.open.delete(reader));
    if (url.pathname === "/overview") {
      for (const overview of this.overviews) reader.send(overview as Record<string, unknown>);
      return;
    }
    this.begin(reader);
  }

  acceptEvents(response: ServerResponse, url: URL): void {
    this.readers.push(url.searchParams);
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(": here\n\n");
    this.responses.add(response);
    const reader: Reader = {
      ...this.startOf(url),
      send: (message) => {
        const data = typeof message["raw"] === "string" ? message["raw"] : JSON.stringify(message);
        response.write(`event: ${String(message["type"])}\r\nid: x\r\ndata: ${data}\r\n\r\n`);
      },
      canSend: () => !response.destroyed,
    };
    response.on("close", () => {
      this.responses.delete(response);
      this.open.delete(reader);
    });
    this.begin(reader);
  }

  private startOf(url: URL) {
    const symbols = (url.searchParams.get("symbols") ?? "").split(",").filter((name) => !this.unknown.includes(name));
    const after = url.searchParams.get("after")?.split(",") ?? [];
    const from = new Map(after.map((cursor) => cursor.split("~")).map(([name, step]) => [name!, Number(step)]));
    return { at: from.size === 0 ? this.events.length : 0, from, symbols };
  }

  private begin(reader: Reader): void {
    const cursors = reader.symbols.map((name) => `${name}~${reader.from.get(name) ?? this.lastStep(name)}`);
    const { unknown, symbols } = { unknown: this.unknown, ...reader };
    const [cursor, protocol] = [cursors.join(","), "volgate.v1"];
    reader.send({ type: "hello", protocol, symbols, unknown, unavailable: [], cursor });
    this.open.add(reader);
    this.push(reader);
    if (this.stepEach) for (const symbol of symbols) this.step(symbol, this.lastStep(symbol) + 1);
  }

  private lastStep(symbol: string): number {
    return Math.max(-1, ...this.events.filter((event) => event.symbol === symbol).map(({ step }) => step));
  }

  /** The position of an event is the last step that is sent whole: the prediction comes before its step's label. */
  private push(reader: Reader): void {
    for (; reader.at < this.events.length && reader.canSend(); reader.at++) {
      const { type, symbol, step } = this.events[reader.at]!;
      if (!reader.symbols.includes(symbol) || step <= (reader.from.get(symbol) ?? -1)) continue;
      const instead = this.instead.shift();
      if (instead !== undefined) {
        reader.send(typeof instead === "string" ? { raw: instead } : (instead as Record<string, unknown>));
        continue;
      }
      const cursor = `${symbol}~${type === "label" ? step : step - 1}`;
      const own = type === "label" ? { label: true, resolved_ts: 1000 * step } : { horizon_s: 60, model: null };
      const rest = { ts: 1000 * step, step, probability: 0.25, threshold: 0.5, alert: false };
      reader.send({ type, id: `${symbol}:${step}:${type[0]}`, cursor, symbol, ...rest, ...own });
    }
  }
}
