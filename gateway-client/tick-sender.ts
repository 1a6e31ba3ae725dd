// Sends ticks of many symbols so that one that fails does not stop the others: what failed is sent again under its own
// number, alone, while the rest goes on. Each tick is applied once, and those of one symbol in their order.
import { type Attempt, type FailedAttempt, retry } from "../requests/retry.ts";
import type { Tick } from "../src/features/tick.ts";
import type { DeliveredAnswer } from "./delivered-answer.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { GatewayError } from "./gateway-error.ts";

/** Ticks of a request at most: the gateway's limit. */
const MAX_TICKS = 5_000;
/** Ticks that wait behind a failed batch of their symbol, before `send` waits too. */
const MAX_WAITING = 10_000;
/** Symbols that a message names at most. */
const MAX_NAMES = 5;

/** An answer, and the ticks that it acknowledges. */
export interface Delivery {
  readonly ticks: readonly Tick[];
  readonly answer: DeliveredAnswer;
}

export interface TickSenderOptions {
  /** Receives each acknowledgement. */
  readonly onDelivered: (delivery: Delivery) => void;
  /** A symbol that failed is given up after this long; 60 s by default. */
  readonly giveUpAfterMs?: number;
  /** Receives each attempt for failed symbols that will be repeated; stderr by default. */
  readonly onRetry?: (why: string, waitMs: number) => void;
  /** Receives the ticks of a symbol that were given up. The symbol's later ticks are tried again. */
  readonly onGivenUp: (symbol: string, ticks: readonly Tick[], why: string) => void;
  /** Ends all waiting. */
  readonly signal?: AbortSignal;
}

/** A symbol of which one batch is not acknowledged. */
interface HeldSymbol {
  /** Later ticks, not sent yet. */
  readonly waiting: Tick[];
  /** Whether the batch was acknowledged, so that `waiting` is to be sent. */
  isFree: boolean;
  /** Resolves when the batch was acknowledged or given up. */
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

export class TickSender {
  private readonly client: GatewayClient;
  private readonly options: TickSenderOptions;
  private readonly held = new Map<string, HeldSymbol>();
  private sending = false;

  constructor(client: GatewayClient, options: TickSenderOptions) {
    this.client = client;
    this.options = options;
  }

  /**
   * Sends ticks, and earlier ones that waited. Ticks of a symbol that has failed wait until its failed batch is
   * acknowledged.
   *
   * @throws GatewayError when the whole request fails for good.
   * @throws Error when the previous call is not done yet.
   */
  async send(ticks: readonly Tick[]): Promise<void> {
    await this.exclusively(async () => {
      for (const symbol of new Set(ticks.map((tick) => tick.symbol))) await this.waitForRoom(symbol);
      await this.sendFree(ticks);
    });
  }

  /** Waits until no tick waits: each was acknowledged or given up. Throws as `send` does. */
  async flush(): Promise<void> {
    await this.exclusively(async () => {
      while (this.held.size > 0) {
        await Promise.race([...this.held.values()].map(({ settled }) => settled));
        this.options.signal?.throwIfAborted();
        await this.sendFree([]);
      }
    });
  }

  private async exclusively(work: () => Promise<void>): Promise<void> {
    if (this.sending) throw new Error("send: the previous call is not done yet; await it first");
    this.sending = true;
    try {
      await work();
    } finally {
      this.sending = false;
    }
  }

  private async waitForRoom(symbol: string): Promise<void> {
    const held = this.held.get(symbol);
    if (held !== undefined && !held.isFree && held.waiting.length >= MAX_WAITING) await held.settled;
    this.options.signal?.throwIfAborted();
  }

  private async sendFree(ticks: readonly Tick[]): Promise<void> {
    const queue: Tick[] = [];
    for (const [symbol, { isFree, waiting }] of this.held) {
      if (!isFree) continue;
      this.held.delete(symbol);
      for (const tick of waiting) queue.push(tick);
    }
    for (const tick of ticks) queue.push(tick);
    let batch: Tick[] = [];
    for (const [at, tick] of queue.entries()) {
      // Also one that is free again: what waits of it must go first.
      const held = this.held.get(tick.symbol);
      if (held !== undefined) held.waiting.push(tick);
      else batch.push(tick);
      if (batch.length < MAX_TICKS && at < queue.length - 1) continue;
      if (batch.length > 0) await this.deliver(batch);
      batch = [];
    }
  }

  private async deliver(batch: readonly Tick[]): Promise<void> {
    const seq = this.client.nextNumber();
    const answer = await this.client.send(batch, seq);
    const failed = this.acknowledge(batch, answer);
    for (const symbol of failed.keys()) {
      let settle = (): void => undefined;
      const settled = new Promise<void>((resolve) => (settle = resolve));
      this.held.set(symbol, { waiting: [], isFree: false, settled, settle });
    }
    if (failed.size > 0) void this.redeliver(seq, failed, answer);
  }

  /** Notes what an answer acknowledges. Returns the ticks of the symbols that are to be sent again. */
  private acknowledge(ticks: readonly Tick[], answer: DeliveredAnswer): Map<string, Tick[]> {
    const again = new Map<string, Tick[]>();
    const lost = new Map<string, Tick[]>();
    const taken = ticks.filter((tick) => {
      const failure = answer.symbols[tick.symbol]?.failed;
      if (failure === undefined) return true;
      const failed = failure.retry_after_s === null ? lost : again;
      const others = failed.get(tick.symbol);
      if (others === undefined) failed.set(tick.symbol, [tick]);
      else others.push(tick);
      return false;
    });
    if (taken.length > 0) this.options.onDelivered({ ticks: taken, answer });
    for (const [symbol, its] of lost) this.giveUp(symbol, its, answer.symbols[symbol]!.failed!.detail);
    return again;
  }

  /** Sends what failed of a batch until every symbol has taken its part or is given up. Never rejects. */
  private async redeliver(seq: number, failed: ReadonlyMap<string, readonly Tick[]>, first: DeliveredAnswer) {
    const { giveUpAfterMs = 60_000, signal, onRetry } = this.options;
    let left = failed;
    let answer: DeliveredAnswer | undefined = first;
    const attempt = async (): Promise<Attempt<undefined>> => {
      answer ??= await this.client.send([...left.values()].flat(), seq);
      const still = this.acknowledge([...left.values()].flat(), answer);
      for (const symbol of left.keys()) if (!still.has(symbol)) this.release(symbol);
      left = still;
      const result = left.size === 0 ? { value: undefined } : failureOf(left, answer);
      answer = undefined;
      return result;
    };
    try {
      await retry(attempt, {
        request: `batch ${seq}`,
        errorOf: ({ failure: { status, why } }) => new GatewayError("unavailable", status, why),
        giveUpAfterMs,
        signal,
        onWait: onRetry && (({ why, waitMs }) => onRetry(why, waitMs)),
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      for (const [symbol, ticks] of left) {
        if (signal?.aborted === true) this.held.get(symbol)?.settle();
        else this.giveUp(symbol, ticks, why);
      }
    }
  }

  private release(symbol: string): void {
    const held = this.held.get(symbol);
    if (held === undefined) return;
    held.isFree = true;
    held.settle();
  }

  private giveUp(symbol: string, ticks: readonly Tick[], why: string): void {
    const held = this.held.get(symbol);
    this.held.delete(symbol);
    this.options.onGivenUp(symbol, [...ticks, ...(held?.waiting ?? [])], why);
    held?.settle();
  }
}

function failureOf(left: ReadonlyMap<string, unknown>, { symbols }: DeliveredAnswer): FailedAttempt {
  const failures = [...left.keys()].map((symbol) => ({ symbol, ...symbols[symbol]!.failed! }));
  const names = failures.slice(0, MAX_NAMES).map(({ symbol }) => symbol);
  const more = failures.length > MAX_NAMES ? ` and ${failures.length - MAX_NAMES} more` : "";
  const retryAfterS = Math.max(...failures.map(({ retry_after_s }) => retry_after_s ?? 0));
  const why = `${names.join(", ")}${more}: ${failures[0]!.detail}`;
  return { status: 503, why, retryAfter: String(retryAfterS), isFinal: false };
}
