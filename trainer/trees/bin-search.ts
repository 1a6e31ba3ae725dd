// Finds the bin of each value of a column: a table over the leading bits of a float32, then the thresholds that share
// those bits. A plain search over 254 thresholds is slower by its eight unpredictable branches.
import { GROUP, MISSING_BIN } from "./bin-layout.ts";

const SHIFT = 18;
const SLOTS = 2 ** (32 - SHIFT);

/** Looks up the bins of one column. */
export class BinSearch {
  private readonly thresholds: Float32Array;
  /** Per slot of leading bits, the thresholds in lower slots. */
  private readonly below = new Uint8Array(SLOTS + 1);

  /** @param thresholds rising, at most 254, none of them −0. */
  constructor(thresholds: Float32Array) {
    this.thresholds = thresholds;
    const words = new Int32Array(thresholds.buffer, thresholds.byteOffset, thresholds.length);
    let count = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      this.below[slot] = count;
      while (count < words.length && slotOf(words[count]!) === slot) count++;
    }
    this.below[SLOTS] = count;
  }

  /**
   * Writes the bins of column `column` of rows [from, to) of `x`, which has `width` columns, to every fourth byte from
   * `bins[at + 4 · from]` on.
   */
  write(x: Float32Array, width: number, column: number, from: number, to: number, bins: Uint8Array, at: number): void {
    const { thresholds, below } = this;
    const words = new Int32Array(x.buffer, x.byteOffset, x.length);
    for (let i = from; i < to; i++) {
      const value = x[i * width + column]!;
      const slot = slotOf(words[i * width + column]!);
      let low = below[slot]!;
      let high = below[slot + 1]!;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (value > thresholds[middle]!) low = middle + 1;
        else high = middle;
      }
      bins[at + i * GROUP] = value === value ? low : MISSING_BIN;
    }
  }
}

/** The leading bits of a float32, in the order of the numbers. */
function slotOf(word: number): number {
  return (word ^ ((word >> 31) | 0x80000000)) >>> SHIFT;
}
