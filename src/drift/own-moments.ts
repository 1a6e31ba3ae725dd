// Mean and deviation of a symbol's columns over its first windows, where its model was not trained on it.
import type { Moments } from "./placement.ts";

/** Windows of an hour that are learned from: a day, so that every time of it is there once. */
export const LEARNED_WINDOWS = 24;

/** Numbers of a column: windows, values, mean, sum of squared differences from it. */
const WIDTH = 4;

/** Learns from the first `LEARNED_WINDOWS` windows in which a column has enough values, and then no more. */
export class OwnMoments {
  /** [columns × 4], to be saved as it is. */
  readonly numbers: Float64Array;

  /** @param numbers those of an earlier one. */
  constructor(columns: number, numbers: Float64Array = new Float64Array(WIDTH * columns)) {
    if (numbers.length !== WIDTH * columns) {
      throw new RangeError(`numbers: got ${numbers.length}, expected ${WIDTH * columns}`);
    }
    this.numbers = numbers.slice();
  }

  /** Windows that a column was learned from. */
  windows(column: number): number {
    return this.numbers[WIDTH * column]!;
  }

  /** The most windows that any column was learned from. */
  get most(): number {
    let most = 0;
    for (let at = 0; at < this.numbers.length; at += WIDTH) most = Math.max(most, this.numbers[at]!);
    return most;
  }

  /**
   * Adds the values of a column in a window, those that are not finite left out.
   * @returns whether it was still learned from.
   */
  add(column: number, values: Float64Array, minRows: number): boolean {
    const at = WIDTH * column;
    let present = 0;
    for (const x of values) if (Number.isFinite(x)) present += 1;
    if (this.numbers[at]! >= LEARNED_WINDOWS || present === 0 || present < minRows) return false;
    let [count, mean, squares] = [this.numbers[at + 1]!, this.numbers[at + 2]!, this.numbers[at + 3]!];
    for (const x of values) {
      if (!Number.isFinite(x)) continue;
      count += 1;
      const before = x - mean;
      mean += before / count;
      squares += before * (x - mean);
    }
    this.numbers.set([this.numbers[at]! + 1, count, mean, squares], at);
    return true;
  }

  /** `null` until the column was learned from `LEARNED_WINDOWS` windows. */
  moments(column: number): Moments | null {
    const [windows, count, mean, squares] = this.numbers.subarray(WIDTH * column, WIDTH * (column + 1));
    if (windows! < LEARNED_WINDOWS) return null;
    return { mean: mean!, deviation: Math.sqrt(squares! / count!) };
  }
}
