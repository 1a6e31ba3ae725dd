// Sends ticks in numbered batches, over a socket or over HTTP, and makes who gives them wait while the gateway is
// slower: the memory is bounded, and no tick is dropped without a word.
import { type Connection, requirePositive } from "../connection.ts";
import { noSocketError } from "../gateway-socket.ts";
import { VolgateError } from "../volgate-error.ts";
import { HttpChannel } from "./http-channel.ts";
import { SendReport } from "./send-report.ts";
import { SocketChannel } from "./socket-channel.ts";
import { TickBuffer } from "./tick-buffer.ts";
import type { ChannelHost, ChannelSettings, TickChannel } from "./tick-channel.ts";
import type { SentTick, TickAck, TickRefusal, TickSenderOptions } from "./tick-sender-options.ts";

/** Of one batch, as the gateway takes them. */
const MOST_TICKS = 5_000;

export class TickSender {
  /** What became of the ticks until now. */
  readonly report = new SendReport();
  /** By which, with numbers, the gateway knows a batch that comes again. */
  readonly producer: string;
  private readonly options: TickSenderOptions;
  private readonly maxBatch: number;
  private readonly maxDelayMs: number;
  private readonly giveUpAfterMs: number;
  private readonly buffer: TickBuffer;
  private readonly cut = new AbortController();
  private readonly host: ChannelHost;
  private channel: TickChannel;
  private failure: { readonly error: unknown; readonly ticks: readonly SentTick[] } | undefined;
  private isClosed = false;
  private flushes: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  private delay: ReturnType<typeof setTimeout> | undefined;
  private isDue = false;
  private lastProgressMs = 0;

  /**
   * Throws `RangeError` for an option that cannot be, `VolgateError` `no_socket` where there must be one and is none.
   */
  constructor(connection: Connection, options: TickSenderOptions) {
    const { maxBatch = 500, maxDelayMs = 20, maxBuffered = 20_000, giveUpAfterMs = connection.giveUpAfterMs } = options;
    requireWhole("maxBatch", maxBatch, MOST_TICKS);
    requireWhole("maxBuffered", maxBuffered, Number.MAX_SAFE_INTEGER);
    requirePositive("giveUpAfterMs", giveUpAfterMs);
    if (!(maxDelayMs >= 0)) throw new RangeError(`maxDelayMs: got ${String(maxDelayMs)}, expected a number from 0`);
    this.options = options;
    this.maxBatch = maxBatch;
    this.maxDelayMs = maxDelayMs;
    this.giveUpAfterMs = giveUpAfterMs;
    this.buffer = new TickBuffer(maxBuffered);
    this.producer = options.producer ?? `ts-${randomId()}`;
    if (!/^[\x21-\x7e]{1,64}$/.test(this.producer)) {
      throw new RangeError(`producer: got ${this.producer}, expected 1 to 64 printable characters`);
    }
    this.host = this.hostOf(connection);
    this.channel = this.firstChannel();
    const { signal } = options;
    if (signal?.aborted === true) this.fail(signal.reason);
    signal?.addEventListener("abort", () => this.fail(signal.reason), { once: true, signal: this.cut.signal });
  }

  /** Over which the ticks go. */
  get transport(): "socket" | "http" {
    return this.channel instanceof HttpChannel ? "http" : "socket";
  }

  /** Ticks in memory: those that wait, and those that are not acknowledged. Never more than `maxBuffered`. */
  get buffered(): number {
    return this.buffer.size;
  }

  /** After a failure: the ticks that were not acknowledged, in order. Some of them may have been applied. */
  get unacknowledged(): readonly SentTick[] {
    return this.failure?.ticks ?? [];
  }

  /**
   * Takes one tick or several. Resolves when all are in memory, which is when there was room for them: await it, so
   * that a slow gateway slows its source down. The ticks of one call after the other keep their order.
   *
   * Rejects with what ended the sender: `VolgateError`, or the signal's reason. `unacknowledged` has the ticks then.
   */
  async send(ticks: SentTick | readonly SentTick[]): Promise<void> {
    this.requireOpen();
    const list = Array.isArray(ticks) ? (ticks as readonly SentTick[]) : [ticks as SentTick];
    if (this.buffer.size === 0) this.lastProgressMs = Date.now();
    this.report.sent += list.length;
    const added = this.buffer.add(list);
    this.schedule();
    await added;
  }

  /**
   * Resolves when no tick is in memory any more: each is acknowledged, or was told to `onRefused`. Rejects as `send`.
   */
  async flush(): Promise<void> {
    this.requireOpen();
    if (this.buffer.size === 0) return;
    const flushed = new Promise<void>((resolve, reject) => this.flushes.push({ resolve, reject }));
    this.channel.pump();
    await flushed;
  }

  /** Flushes, and ends the sender. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    try {
      await this.flush();
    } finally {
      this.isClosed = true;
      this.end();
    }
  }

  private requireOpen(): void {
    if (this.failure !== undefined) throw this.failure.error;
    if (!this.isClosed) return;
    throw new VolgateError("ticks", { code: "closed", status: 0, detail: "the sender was closed" });
  }

  private hostOf(connection: Connection): ChannelHost {
    const { symbol, venue, binary = true } = this.options;
    const settings: ChannelSettings = { producer: this.producer, symbol, venue, binary, signal: this.cut.signal };
    const hasWork = (): boolean => this.buffer.size > 0;
    return {
      connection,
      settings,
      get hasWork() {
        return hasWork();
      },
      takeBatch: (blocked) => this.takeBatch(blocked),
      acknowledge: (ack) => this.acknowledge(ack),
      refuse: (refusal) => this.refuse(refusal),
      mayRetry: (why, waitMs, sinceMs = this.lastProgressMs) => {
        if (Date.now() + waitMs - sinceMs >= this.giveUpAfterMs) return false;
        this.report.retries += 1;
        this.guarded(() => this.options.onRetry?.(why, Math.round(waitMs)));
        return true;
      },
      fail: (error) => this.fail(error),
    };
  }

  private firstChannel(): TickChannel {
    const { transport = "auto" } = this.options;
    const hasSockets = this.host.connection.WebSocket !== undefined;
    if (transport === "http" || (transport === "auto" && !hasSockets)) return new HttpChannel(this.host);
    if (!hasSockets) throw noSocketError("/ticks");
    return new SocketChannel(this.host, transport === "auto" ? () => this.useHttp() : undefined);
  }

  /** No socket was ever open, so that no tick is on its way. */
  private useHttp(): void {
    this.channel.close();
    this.channel = new HttpChannel(this.host);
    this.channel.pump();
  }

  /** Sends at once when there is a whole batch, or somebody waits; otherwise after `maxDelayMs`. */
  private schedule(): void {
    if (this.buffer.pending === 0) return;
    if (this.isFull()) this.channel.pump();
    else this.delay ??= setTimeout(() => this.becomeDue(), this.maxDelayMs);
  }

  private isFull(): boolean {
    return this.buffer.pending >= this.maxBatch || this.buffer.isFull || this.isDue || this.flushes.length > 0;
  }

  private becomeDue(): void {
    this.delay = undefined;
    this.isDue = true;
    this.channel.pump();
  }

  private takeBatch(blocked?: (tick: SentTick) => boolean): SentTick[] | undefined {
    if (this.buffer.pending === 0 || !this.isFull()) return undefined;
    const ticks = this.buffer.take(this.maxBatch, blocked);
    if (this.buffer.pending === 0) this.isDue = false;
    return ticks.length === 0 ? undefined : ticks;
  }

  private acknowledge(ack: TickAck): void {
    this.lastProgressMs = Date.now();
    this.report.add(ack);
    this.guarded(() => this.options.onAck?.(ack));
    this.release(ack.ticks.length);
  }

  private refuse(refusal: TickRefusal): void {
    this.report.refuse(refusal);
    const { onRefused } = this.options;
    if (onRefused === undefined) {
      const { seq, code, detail, ticks } = refusal;
      const symbols = [...new Set(ticks.map(({ symbol = this.options.symbol }) => symbol))].slice(0, 10).join(", ");
      const what = `ticks: batch ${seq}, ${ticks.length} ticks of ${symbols}`;
      this.fail(new VolgateError(what, { code, status: 0, detail }), ticks);
      return;
    }
    this.guarded(() => onRefused(refusal));
    this.release(refusal.ticks.length);
  }

  private release(count: number): void {
    if (this.failure !== undefined) return;
    this.buffer.release(count);
    if (this.buffer.size > 0) {
      this.schedule();
      return;
    }
    for (const { resolve } of this.flushes.splice(0)) resolve();
  }

  /** An exception of the caller's own function ends the sender: nobody else would see it. */
  private guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.fail(error);
    }
  }

  /** @param others that are in memory no more, and not acknowledged either. */
  private fail(error: unknown, others: readonly SentTick[] = []): void {
    if (this.failure !== undefined) {
      // The first failure stands; what this one names is not acknowledged either.
      this.failure = { ...this.failure, ticks: [...others, ...this.failure.ticks] };
      return;
    }
    if (this.isClosed) return;
    const taken = this.channel.close();
    this.failure = { error, ticks: [...others, ...taken] };
    const waiting = this.buffer.fail(error);
    this.failure = { error, ticks: [...others, ...taken, ...waiting] };
    for (const { reject } of this.flushes.splice(0)) reject(error);
    this.end();
  }

  private end(): void {
    clearTimeout(this.delay);
    this.channel.close();
    this.cut.abort();
  }
}

function requireWhole(name: string, value: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(`${name}: got ${String(value)}, expected a whole number from 1 to ${most}`);
}

/** `crypto.randomUUID` is for secure pages alone. */
function randomId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
