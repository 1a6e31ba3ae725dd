// Puts ticks of one product in the order of their times, as far as they are received within some time of each other:
// a venue sends quotes at once and gathers trades.
import type { Tick } from "../../features/tick.ts";

interface Waiting {
  readonly tick: Tick;
  readonly receivedMs: number;
}

export class ReorderBuffer {
  private waiting: Waiting[] = [];
  private readonly waitMs: number;

  /** @param waitMs how long a tick waits for older ones, ms. */
  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }

  get count(): number {
    return this.waiting.length;
  }

  add(tick: Tick, receivedMs: number): void {
    this.waiting.push({ tick, receivedMs });
  }

  /** Takes the ticks that waited long enough, and all that are not newer than those: sorted by time, stable. */
  take(nowMs: number): Tick[] {
    const { waiting } = this;
    if (waiting.length === 0) return [];
    let throughMs = -Infinity;
    for (const { tick, receivedMs } of waiting) {
      if (receivedMs <= nowMs - this.waitMs) throughMs = Math.max(throughMs, tick.tsMs);
    }
    const due: Tick[] = [];
    const left: Waiting[] = [];
    for (const one of waiting) {
      if (one.tick.tsMs <= throughMs) due.push(one.tick);
      else left.push(one);
    }
    this.waiting = left;
    return due.sort((a, b) => a.tsMs - b.tsMs);
  }

  /** Takes everything. */
  takeAll(): Tick[] {
    const all = this.waiting.map(({ tick }) => tick).sort((a, b) => a.tsMs - b.tsMs);
    this.waiting = [];
    return all;
  }
}
