// A producer of one symbol over its socket, with packed frames, several on their way at once. After a drop or a refusal
// with a time it connects again and sends, in order, what has no acknowledgement.
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { PackedTicks } from "../src/features/packed-ticks.ts";
import { encodeTickFrame } from "../src/markets/tick-frame.ts";
import { type ProducerOptions, SETTLED_WITHIN_MS } from "./http-producers.ts";
import type { SentLog } from "./sent-log.ts";

/** Frames without an answer at once. */
const IN_FLIGHT = 8;
/** New frames come in bursts, so that several are on their way at once. */
const BURST = 4;
const AGAIN_AFTER_MS = 100;
/** A socket without an answer for so long is given up: the process may be gone without a word. */
const ANSWER_WITHIN_MS = 20_000;

interface SocketAnswer {
  readonly type: string;
  readonly seq: number;
  readonly duplicate?: number;
  readonly code?: string;
  readonly retry_after_s?: number | null;
}

export class PackedProducer {
  readonly log: SentLog;
  private readonly options: ProducerOptions;
  /** Frames with a last answer, from the first on without a gap. */
  private settled = 0;
  private burstAt = -Infinity;
  /** Frames left of the burst. */
  private left = 0;
  private readonly sentAt: number[] = [];

  constructor(log: SentLog, options: ProducerOptions) {
    this.log = log;
    this.options = options;
  }

  /** Sends until `stop` is aborted, and then until every frame has its last answer. */
  async run(stop: AbortSignal, count = Infinity): Promise<void> {
    const end = this.log.batches.length + count;
    const wantsMore = (): boolean => !stop.aborted && this.log.batches.length < end;
    let aliveAt = performance.now();
    while (wantsMore() || this.settled < this.log.batches.length) {
      const before = this.settled;
      await this.connection(wantsMore);
      if (this.settled > before) aliveAt = performance.now();
      if (performance.now() - aliveAt > SETTLED_WITHIN_MS) {
        throw new Error(`${this.log.symbol}: a frame has no last answer after ${SETTLED_WITHIN_MS / 1000} s`);
      }
      await sleep(AGAIN_AFTER_MS);
    }
  }

  /** One socket's life. */
  private async connection(wantsMore: () => boolean): Promise<void> {
    const address = `${this.options.url().replace("http", "ws")}/symbols/${this.log.symbol}/ticks?producer=chaos-socket`;
    const ws = new WebSocket(address, { perMessageDeflate: false });
    let next = this.settled;
    let answeredAt = performance.now();
    const sendMore = (): void => {
      while (ws.readyState === WebSocket.OPEN && next < this.settled + IN_FLIGHT) {
        if (next >= this.log.batches.length) {
          if (!wantsMore() || !this.mayBegin()) break;
          this.log.next();
        }
        this.send(ws, next++);
      }
      if (next === this.log.batches.length && next === this.settled && !wantsMore()) ws.close();
    };
    const watch = setInterval(() => {
      if (performance.now() - answeredAt > ANSWER_WITHIN_MS) ws.terminate();
      else sendMore();
    }, 50);
    await new Promise<void>((done) => {
      ws.on("open", sendMore);
      ws.on("error", () => undefined);
      ws.on("close", () => done());
      ws.on("message", (data: Buffer) => {
        answeredAt = performance.now();
        const answer = JSON.parse(data.toString()) as SocketAnswer;
        if (answer.type === "hello") return;
        if (!this.take(answer)) ws.terminate();
        else sendMore();
      });
    });
    clearInterval(watch);
  }

  /** Whether a new frame may be made now. */
  private mayBegin(): boolean {
    if (this.left > 0) {
      this.left -= 1;
      return true;
    }
    const nowMs = performance.now();
    if (nowMs - this.burstAt < BURST * this.options.pauseMs) return false;
    this.burstAt = nowMs;
    this.left = BURST - 1;
    return true;
  }

  private send(ws: WebSocket, number: number): void {
    const batch = this.log.batches[number]!;
    if (this.sentAt[number] === undefined) this.sentAt[number] = performance.now();
    else batch.resent += 1;
    const packed = new PackedTicks(batch.ticks.length);
    for (const tick of batch.ticks) packed.add(tick);
    ws.send(encodeTickFrame(number, [{ name: this.log.symbol, venue: "", rows: packed.rows() }]));
  }

  /** Returns whether the socket goes on. */
  private take({ type, seq, duplicate = 0, code, retry_after_s: retryAfterS }: SocketAnswer): boolean {
    if (seq !== this.settled) return false;
    const batch = this.log.batches[seq]!;
    if (type === "ack") {
      batch.acknowledged = true;
      batch.hadBeenApplied = batch.resent > 0 && duplicate === batch.ticks.length;
      batch.waitedMs = performance.now() - this.sentAt[seq]!;
    } else if (retryAfterS === null) {
      batch.refused = code ?? "refused";
    } else {
      return false;
    }
    this.settled += 1;
    return true;
  }
}
