// Sums of one series over several trailing windows at once, O(1) a push. Each window is recomputed exactly each time it
// has been fully replaced, so a rounding error, as after a spike, lasts at most one window.
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Some windows by their place in `windows`, −1 for one that does not exist, and the values that each mean needs. */
export interface WindowsNeeded {
  readonly places: Int32Array;
  readonly minCounts: Float64Array;
}

/**
 * Trailing sums over windows counted in pushes. A `NaN` push occupies the window but is not in sum or count.
 *
 * Example: windows [2, 3] after pushing 1, 2, NaN, 4: `sum(0) === 4`, `count(0) === 1`, `sum(1) === 6`, `count(1) ===
 * 2`.
 */
export class RollingSums {
  readonly windows: readonly number[];
  /** The same as whole numbers of one kind: a computed window may be a float, which slows every push. */
  private readonly lengths: Int32Array;
  private readonly ring: Float64Array;
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;
  private readonly untilRecompute: Float64Array;
  private cursor = 0;
  /** Pushes that are not in `untilRecompute` yet, and how many of them bring a window there. */
  private pending = 0;
  private untilNext = 0;

  /** @param windows lengths in pushes, at least one, each a positive integer. Throws `RangeError` otherwise. */
  constructor(windows: readonly number[]) {
    if (windows.length === 0) throw new RangeError("windows: got none, expected at least one");
    for (const w of windows) {
      if (!Number.isInteger(w) || w < 1) throw new RangeError(`windows: got ${w}, expected positive integers`);
    }
    this.windows = [...windows];
    this.lengths = Int32Array.from(windows);
    this.ring = new Float64Array(Math.max(...windows)).fill(NaN);
    this.sums = new Float64Array(windows.length);
    this.counts = new Float64Array(windows.length);
    this.untilRecompute = Float64Array.from(windows);
    this.untilNext = Math.min(...windows);
  }

  push(x: number): void {
    const { ring, sums, counts, lengths } = this;
    const capacity = ring.length;
    const cursor = this.cursor;
    const exists = x === x;
    for (let k = 0; k < lengths.length; k++) {
      const w = lengths[k]!;
      const at = cursor - w;
      const leaving = ring[at < 0 ? at + capacity : at]!;
      if (leaving === leaving) {
        if (exists) {
          sums[k] = sums[k]! - leaving + x;
        } else {
          sums[k]! -= leaving;
          counts[k]! -= 1;
        }
      } else if (exists) {
        sums[k]! += x;
        counts[k]! += 1;
      }
    }
    ring[cursor] = x;
    this.cursor = cursor + 1 === capacity ? 0 : cursor + 1;
    this.pending += 1;
    if (this.pending === this.untilNext) this.countPending();
  }

  /** Index of a window length in `windows`. Throws `RangeError` for any other length. */
  indexOf(window: number): number {
    const k = this.windows.indexOf(window);
    if (k < 0) throw new RangeError(`window: got ${window}, expected one of ${this.windows.join(", ")}`);
    return k;
  }

  /** Sum of the existing values in window `k`; 0 when there are none. */
  sum(k: number): number {
    return this.sums[k]!;
  }

  /** Number of existing values in window `k`. */
  count(k: number): number {
    return this.counts[k]!;
  }

  /** Mean of the existing values in window `k`, or `NaN` when fewer than `minCount` exist. */
  mean(k: number, minCount: number): number {
    const n = this.counts[k]!;
    return n >= minCount && n > 0 ? this.sums[k]! / n : NaN;
  }

  /** Writes the means of some windows, `NaN` for −1, into `out` from `at` on; returns the place after the last. */
  writeMeans({ places, minCounts }: WindowsNeeded, out: Float64Array, at: number): number {
    const { sums, counts } = this;
    for (let i = 0; i < places.length; i++) {
      const k = places[i]!;
      const n = k < 0 ? 0 : counts[k]!;
      out[at++] = n > 0 && n >= minCounts[i]! ? sums[k]! / n : NaN;
    }
    return at;
  }

  reset(): void {
    this.ring.fill(NaN);
    this.sums.fill(0);
    this.counts.fill(0);
    this.untilRecompute.set(this.windows);
    this.cursor = 0;
    this.pending = 0;
    this.findNext();
  }

  save(to: StateWriter): void {
    this.countPending();
    to.array(this.ring);
    to.array(this.sums);
    to.array(this.counts);
    to.array(this.untilRecompute);
    to.number(this.cursor);
  }

  /** Takes the values and sums of fewer windows; those of the others are summed over the values that these kept. */
  adopt(fewer: RollingSums): void {
    this.reset();
    const { ring, cursor } = fewer;
    for (let i = 0; i < ring.length; i++) this.push(ring[(cursor + i) % ring.length]!);
    this.countPending();
    this.windows.forEach((window, k) => {
      const other = fewer.windows.indexOf(window);
      if (other < 0) return;
      this.sums[k] = fewer.sums[other]!;
      this.untilRecompute[k] = fewer.untilRecompute[other]!;
    });
    this.findNext();
  }

  load(from: StateReader): void {
    from.array(this.ring);
    from.array(this.sums);
    from.array(this.counts);
    from.array(this.untilRecompute);
    this.cursor = from.number();
    this.pending = 0;
    this.findNext();
  }

  /** Recomputes the windows that are due. */
  private countPending(): void {
    const { untilRecompute, pending } = this;
    for (let k = 0; k < untilRecompute.length; k++) {
      if ((untilRecompute[k]! -= pending) === 0) this.recompute(k);
    }
    this.pending = 0;
    this.findNext();
  }

  private findNext(): void {
    let least = Infinity;
    for (let k = 0; k < this.untilRecompute.length; k++) least = Math.min(least, this.untilRecompute[k]!);
    this.untilNext = least;
  }

  private recompute(k: number): void {
    const { ring } = this;
    const w = this.lengths[k]!;
    this.untilRecompute[k] = w;
    let at = this.cursor - w;
    if (at < 0) at += ring.length;
    let sum = 0;
    for (let i = 0; i < w; i++) {
      const x = ring[at]!;
      if (x === x) sum += x;
      if (++at === ring.length) at = 0;
    }
    this.sums[k] = sum;
  }
}
