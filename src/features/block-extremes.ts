// Highs and lows over trailing blocks of steps: what a window of many horizons costs is one value a horizon.
import { RollingExtremum } from "./rolling-extremum.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** The extremum over the last W blocks of `blockSteps` steps: the block of the newest step so far, and W − 1 before. */
class BlockExtremum {
  private readonly sign: 1 | -1;
  private readonly before: readonly RollingExtremum[];
  private current = NaN;

  constructor(windows: readonly number[], sign: 1 | -1) {
    this.sign = sign;
    this.before = windows.map((blocks) => new RollingExtremum(blocks - 1, sign));
  }

  update(x: number, beginsBlock: boolean): void {
    if (beginsBlock) {
      for (const extremum of this.before) extremum.push(this.current);
      this.current = NaN;
    }
    if (!(this.sign * x <= this.sign * this.current) && x === x) this.current = x;
  }

  value(k: number): number {
    const before = this.before[k]!.value;
    return this.sign * before > this.sign * this.current || this.current !== this.current ? before : this.current;
  }

  reset(): void {
    for (const extremum of this.before) extremum.reset();
    this.current = NaN;
  }

  save(to: StateWriter): void {
    for (const extremum of this.before) extremum.save(to);
    to.number(this.current);
  }

  load(from: StateReader): void {
    for (const extremum of this.before) extremum.load(from);
    this.current = from.number();
  }
}

/**
 * Blocks begin at steps whose grid index is a multiple of `blockSteps`, so that they do not depend on where the ticks
 * begin. A `NaN` is in its block but never the extremum.
 *
 * Example: blocks of 2 steps, a window of 2 blocks, highs 5, 3, 4, 2, 1 at steps 0 to 4: the high is 4.
 */
export class BlockExtremes {
  private readonly blockSteps: number;
  private readonly highs: BlockExtremum;
  private readonly lows: BlockExtremum;
  private begun = false;

  /** @param windows in blocks, at least 2 each. */
  constructor(blockSteps: number, windows: readonly number[]) {
    this.blockSteps = blockSteps;
    this.highs = new BlockExtremum(windows, 1);
    this.lows = new BlockExtremum(windows, -1);
  }

  /** Takes the steps one after the other. @param index of the step on the grid. */
  update(index: number, high: number, low: number): void {
    const beginsBlock = this.begun && index % this.blockSteps === 0;
    this.highs.update(high, beginsBlock);
    this.lows.update(low, beginsBlock);
    this.begun = true;
  }

  /** High of window `k`, `NaN` without any. */
  high(k: number): number {
    return this.highs.value(k);
  }

  low(k: number): number {
    return this.lows.value(k);
  }

  reset(): void {
    this.highs.reset();
    this.lows.reset();
    this.begun = false;
  }

  save(to: StateWriter): void {
    this.highs.save(to);
    this.lows.save(to);
    to.number(this.begun ? 1 : 0);
  }

  load(from: StateReader): void {
    this.highs.load(from);
    this.lows.load(from);
    this.begun = from.number() === 1;
  }
}
