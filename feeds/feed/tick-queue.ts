// Ticks that wait for the gateway, in the order in which they came: at most so many, the newest of them.
import type { Tick } from "../../src/features/tick.ts";

export class TickQueue {
  private ticks: Tick[] = [];
  private from = 0;
  private droppedCount = 0;
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get count(): number {
    return this.ticks.length - this.from;
  }

  /** How many were dropped, because more than `most` waited. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** Adds ticks, and drops the oldest that are too many. */
  add(ticks: readonly Tick[]): void {
    for (const tick of ticks) this.ticks.push(tick);
    const tooMany = this.count - this.most;
    if (tooMany <= 0) return;
    this.droppedCount += tooMany;
    this.forget(tooMany);
  }

  /** Takes the oldest ones, at most so many. */
  take(most: number): readonly Tick[] {
    const taken = this.ticks.slice(this.from, this.from + most);
    this.forget(taken.length);
    return taken;
  }

  /** The list is cut only when half of it is past, so that taking costs nothing for each tick that stays. */
  private forget(count: number): void {
    this.from += count;
    if (this.from * 2 < this.ticks.length) return;
    this.ticks = this.ticks.slice(this.from);
    this.from = 0;
  }
}
