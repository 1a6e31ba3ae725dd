// Puts the ticks of one nearly sorted recording into order of time, with bounded memory.
import type { Tick } from "../src/features/tick.ts";

/**
 * Holds back the `bound` newest ticks, so that a tick up to `bound` ticks late is still put in order; equal times keep
 * the order in which they came. A later one is returned at once, out of order.
 *
 * Example: with a bound of 1, ticks at 1, 3, 2, 4 come out as 1, 2, 3, 4; at 3, 4, 1 as 3, 1, 4.
 */
export class ReorderBuffer {
  private readonly bound: number;
  private pending: Tick[] = [];

  /** Throws `RangeError` unless `bound` is a whole number of at least 0. */
  constructor(bound: number) {
    if (!Number.isInteger(bound) || bound < 0) throw new RangeError(`bound: got ${bound}, expected a whole number ≥ 0`);
    this.bound = bound;
  }

  /** Takes ticks in the order of the recording and returns those that are due, oldest first; often none. */
  push(ticks: readonly Tick[]): Tick[] {
    const { pending } = this;
    let sorted = true;
    let lastMs = pending.at(-1)?.tsMs ?? -Infinity;
    for (const tick of ticks) {
      if (tick.tsMs < lastMs) sorted = false;
      lastMs = tick.tsMs;
      pending.push(tick);
    }
    if (!sorted) pending.sort((a, b) => a.tsMs - b.tsMs);
    const due = Math.max(0, pending.length - this.bound);
    this.pending = pending.slice(due);
    pending.length = due;
    return pending;
  }

  /** Returns all ticks held back, at the end of the recording. */
  drain(): Tick[] {
    const rest = this.pending;
    this.pending = [];
    return rest;
  }
}
