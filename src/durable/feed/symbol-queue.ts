// The ticks of one symbol on their way from a feed to its object: in order, each batch under a number, so that nothing
// is applied twice.
import type { Delivery } from "../../clients/delivery.ts";
import { PackedTicks, TICK_FIELDS } from "../../features/packed-ticks.ts";
import type { Tick } from "../../features/tick.ts";

/** Ticks of a batch at most. */
const MOST_BATCH_TICKS = 4_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export interface QueueStatus {
  /** Ticks that the symbol has taken: applied, or counted as late, as duplicates or as outliers. */
  readonly delivered: number;
  /** Of these, ticks that came after their step had closed, and those that its past has already. */
  readonly late: number;
  /** Ticks that wait, those under way included. */
  readonly waiting: number;
  /** Ticks that were given up: there was no room, or the symbol refused them for good. */
  readonly dropped: number;
  /** Why the last batch was not taken; `null` when it was. */
  readonly failure: string | null;
  /** What the symbol began with, in words; `null` while its past is being read, and its live ticks wait. */
  readonly past: string | null;
}

/** What a symbol has begun with. */
export interface SymbolPast {
  readonly words: string;
  /** Event time of its newest tick, ms; `-Infinity` without one. A live tick that is not newer is in it already. */
  readonly throughMs: number;
}

/** Sends a batch under its number. Never throws. */
export type SendBatch = (rows: Float64Array, number: number) => Promise<Delivery>;

export class SymbolQueue {
  private readonly send: SendBatch;
  /** Batches that wait, the oldest first; the last one grows. */
  private waiting: PackedTicks[] = [];
  /** The batch under way, or to be sent again under the same number. */
  private current: { readonly rows: Float64Array; readonly ticks: number; readonly number: number } | undefined;
  private numbers = 0;
  private delivered = 0;
  private late = 0;
  private dropped = 0;
  private failure: string | null = null;
  private past: SymbolPast | null = null;
  private failures = 0;
  private notBeforeMs = -Infinity;
  private isSending = false;

  /** @param past resolves when the symbol may get live ticks; never rejects. */
  constructor(send: SendBatch, past: Promise<SymbolPast>) {
    this.send = send;
    void past.then((found) => (this.past = found));
  }

  add(ticks: readonly Tick[]): void {
    for (const tick of ticks) {
      let last = this.waiting.at(-1);
      if (last === undefined || last.count >= MOST_BATCH_TICKS) this.waiting.push((last = new PackedTicks()));
      last.add(tick);
    }
  }

  /** Ticks that wait, without the batch under way. */
  get waitingTicks(): number {
    return this.waiting.reduce((sum, { count }) => sum + count, 0);
  }

  /** Drops the oldest batch that is not under way, and counts it. */
  dropOldest(): void {
    this.dropped += this.waiting.shift()?.count ?? 0;
  }

  /**
   * Sends what waits, one batch after the other, until one is not taken. Does nothing while it is at work, and before
   * the past is there.
   */
  async deliver(nowMs: () => number): Promise<void> {
    if (this.past === null || this.isSending || nowMs() < this.notBeforeMs) return;
    this.isSending = true;
    try {
      for (;;) {
        this.current ??= this.next();
        if (this.current === undefined) return;
        const { rows, number } = this.current;
        if (!this.settle(await this.send(rows, number), nowMs())) return;
      }
    } finally {
      this.isSending = false;
    }
  }

  status(): QueueStatus {
    const { delivered, late, dropped, failure, past } = this;
    const waiting = this.waitingTicks + (this.current?.ticks ?? 0);
    return { delivered, late, waiting, dropped, failure, past: past && past.words };
  }

  private next(): SymbolQueue["current"] {
    for (;;) {
      const ticks = this.waiting.shift();
      if (ticks === undefined) return undefined;
      const rows = rowsAfter(ticks.rows(), this.past!.throughMs);
      const count = rows.length / TICK_FIELDS;
      this.delivered += ticks.count - count;
      this.late += ticks.count - count;
      if (count === 0) continue;
      this.numbers += 1;
      return { rows, ticks: count, number: this.numbers };
    }
  }

  /** Returns whether the next batch may be sent at once. */
  private settle(delivery: Delivery, nowMs: number): boolean {
    const { ticks } = this.current!;
    if (delivery.kind === "taken") {
      this.delivered += ticks;
      this.late += delivery.answer.late;
      this.current = undefined;
      this.failure = null;
      this.failures = 0;
      return true;
    }
    this.failure = delivery.kind === "failed" ? delivery.code : delivery.reason;
    this.failures += 1;
    // What an operator may change meanwhile, such as MAX_SYMBOLS, is asked again too, with other ticks.
    if (!isPassing(delivery)) this.giveUp(ticks);
    this.notBeforeMs = nowMs + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1));
    return false;
  }

  private giveUp(ticks: number): void {
    this.dropped += ticks;
    this.current = undefined;
  }
}

/** The rows of later ticks. */
function rowsAfter(rows: Float64Array, throughMs: number): Float64Array {
  const later = new Float64Array(rows.length);
  let end = 0;
  for (let at = 0; at < rows.length; at += TICK_FIELDS) {
    if (rows[at]! <= throughMs) continue;
    later.set(rows.subarray(at, at + TICK_FIELDS), end);
    end += TICK_FIELDS;
  }
  return end === rows.length ? rows : later.slice(0, end);
}

/** Whether the same batch may be taken later. */
function isPassing(delivery: Exclude<Delivery, { kind: "taken" }>): boolean {
  if (delivery.kind === "not_admitted") return false;
  const { code } = delivery;
  return code !== "sequence_conflict" && code !== "sequence_too_old" && code !== "trace_too_large";
}
