// One socket of ticks on the fake gateway: hello, credit, answers in order, and the gate that a refused frame closes.
import type { RawData, WebSocket } from "ws";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { decodeTickFrame, isFrameFault } from "../../src/markets/tick-frame.ts";
import type { FakeTick, FakeTicks } from "./fake-ticks.ts";

const NAMES = ["ts", "price", "bid", "ask", "bidSize", "askSize", "size", "id", "side"];

/** What becomes of a frame. */
export type FrameBehaviour =
  | "take"
  | { readonly waitMs: number }
  | { readonly code: string; readonly retryAfterS: number | null; readonly symbols?: readonly string[] }
  /** The socket breaks: before the frame is applied, or between that and its answer. */
  | "drop"
  | "take_then_drop"
  | { readonly answer: string };

export interface FakeFrame {
  readonly seq: number;
  readonly ticks: readonly FakeTick[];
  readonly isBinary: boolean;
}

/** Asked about each frame that the gate lets through. */
export const frameBehaviour = new WeakMap<FakeTicks, (frame: FakeFrame) => FrameBehaviour>();
/** Frames that came, with the most that were unanswered at once. */
export const frameLog = new WeakMap<FakeTicks, { frames: FakeFrame[]; mostInFlight: number }>();

const CREDIT = { max_frames_in_flight: 64, max_bytes_in_flight: 8 * 1024 * 1024 };

export class FakeTickSocket {
  private readonly socket: WebSocket;
  private readonly ticks: FakeTicks;
  private readonly producer: string;
  private readonly symbol: string | undefined;
  private expected: number | undefined;
  private inFlight = 0;
  private work: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, ticks: FakeTicks, url: URL) {
    this.socket = socket;
    this.ticks = ticks;
    this.producer = url.searchParams.get("producer") ?? "";
    this.symbol = /^\/symbols\/([^/]+)\/ticks$/.exec(url.pathname)?.[1];
    if (!frameLog.has(ticks)) frameLog.set(ticks, { frames: [], mostInFlight: 0 });
    socket.send(JSON.stringify({ type: "hello", protocol: "volgate.v1", ...CREDIT }));
    socket.on("message", (data, isBinary) => {
      if (!isBinary && String(data) === "ping") return;
      const log = frameLog.get(this.ticks)!;
      this.inFlight += 1;
      log.mostInFlight = Math.max(log.mostInFlight, this.inFlight);
      const frame = this.read(data, isBinary);
      log.frames.push(frame);
      this.work = this.work.then(() => this.handle(frame));
    });
  }

  private read(data: RawData, isBinary: boolean): FakeFrame {
    if (!isBinary) {
      const { seq, ticks } = JSON.parse(String(data)) as {
        seq: number;
        ticks: (Omit<FakeTick, "symbol"> & { symbol?: string })[];
      };
      return {
        seq,
        ticks: ticks.map((tick) => ({ ...tick, symbol: tick.symbol ?? this.symbol! }) as FakeTick),
        isBinary,
      };
    }
    const frame = decodeTickFrame(new Uint8Array(data as Buffer));
    if (isFrameFault(frame)) throw new Error(`${frame.field}: got ${frame.got}, expected ${frame.expected}`);
    const ticks = frame.sections.flatMap(({ name, count, columns }) =>
      Array.from({ length: count }, (_, row) => {
        const fields = columns.slice(0, Math.min(TICK_FIELDS, NAMES.length)).flatMap((column, k) => {
          const value = column?.[row];
          return value === undefined || Number.isNaN(value) ? [] : [[NAMES[k], value] as const];
        });
        return { symbol: name === "" ? this.symbol! : name, ...Object.fromEntries(fields) };
      }),
    );
    return { seq: frame.seq, ticks, isBinary };
  }

  private async handle(frame: FakeFrame): Promise<void> {
    const { seq } = frame;
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.expected ??= seq;
    if (seq > this.expected) {
      this.answer({ type: "refused", code: "resend_from", seq, from: this.expected, detail: "", retry_after_s: 0 });
      return;
    }
    const behaviour = frameBehaviour.get(this.ticks)?.(frame) ?? "take";
    if (behaviour === "drop") return this.socket.terminate();
    if (typeof behaviour === "object" && "waitMs" in behaviour) {
      await new Promise((resolve) => setTimeout(resolve, behaviour.waitMs));
    } else if (typeof behaviour === "object" && "code" in behaviour) {
      const { code, retryAfterS, symbols: names } = behaviour;
      const symbols = names?.map((symbol) => ({ symbol, code, retry_after_s: retryAfterS }));
      if (names !== undefined) {
        const taken = frame.ticks.filter(({ symbol }) => !names.includes(symbol));
        this.ticks.apply(this.producer, seq, taken);
      }
      this.expected = retryAfterS === null ? seq + 1 : seq;
      this.answer({ type: "refused", seq, code, detail: `${code} as told`, retry_after_s: retryAfterS, symbols });
      return;
    } else if (typeof behaviour === "object") {
      this.socket.send(behaviour.answer);
      return;
    }
    const { symbols, errors, ...counts } = this.ticks.apply(this.producer, seq, frame.ticks);
    this.expected = Math.max(this.expected, seq + 1);
    if (behaviour === "take_then_drop") return this.socket.terminate();
    this.answer({ type: "ack", seq, ...counts, ...(errors.length > 0 ? { errors } : {}), known: Object.keys(symbols) });
  }

  private answer(message: object): void {
    this.inFlight -= 1;
    this.socket.send(JSON.stringify(message));
  }
}
