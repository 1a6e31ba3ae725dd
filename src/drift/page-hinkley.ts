// Page–Hinkley test for a change of mean (Page, 1954; Hinkley, 1971), with the semantics of river.drift.PageHinkley:
// the same parameters fire on the same values.

export interface PageHinkleyOptions {
  /** Values before the first test. */
  readonly minInstances: number;
  /** Tolerated change of the mean, in the unit of the values. */
  readonly delta: number;
  /** Fires when the summed deviation beyond `delta` exceeds this. */
  readonly threshold: number;
  /** Forgetting factor: the sums are multiplied by it at every value. */
  readonly alpha: number;
  readonly mode: "up" | "down" | "both";
}

const PAGE_HINKLEY_DEFAULTS: PageHinkleyOptions = {
  minInstances: 30,
  delta: 0.005,
  threshold: 50,
  alpha: 1 - 0.0001,
  mode: "both",
};

/** Number of values that `save` returns. */
const PAGE_HINKLEY_STATE = 11;

/**
 * Sums S_t = α·S_{t−1} + (x_t − mean_t) ∓ δ of deviations from the running mean; fires when S rose more than the
 * threshold above its lowest value (up), or fell as far below its highest (down). After firing it restarts with the
 * next value.
 *
 * Example: with `minInstances` 1, δ 0 and threshold 1, mode up, the values 0 0 3: mean 1, S = 2 > 1 fires at the third.
 */
export class PageHinkley {
  private readonly options: PageHinkleyOptions;
  private count = 0;
  private mean = 0;
  private increase = 0;
  private decrease = 0;
  private lowest = Infinity;
  // −1, not −Infinity, as in river: the first fall is measured from it.
  private highest = -1;
  /** Count and mean of the values up to the lowest and the highest sum, where a change began. */
  private lowestAt = { count: 0, mean: NaN };
  private highestAt = { count: 0, mean: NaN };
  private fired = false;

  /** Missing options take river's defaults. Throws `RangeError` for `NaN` or a negative number. */
  constructor(options: Partial<PageHinkleyOptions> = {}) {
    this.options = { ...PAGE_HINKLEY_DEFAULTS, ...options };
    for (const name of ["minInstances", "delta", "threshold", "alpha"] as const) {
      if (!(this.options[name] >= 0)) throw new RangeError(`${name}: got ${this.options[name]}, expected at least 0`);
    }
  }

  /** Adds a value. A value that is not finite only resets `drifted`. */
  update(x: number): void {
    if (this.fired) this.reset();
    if (!Number.isFinite(x)) return;
    const { minInstances, delta, alpha } = this.options;
    this.count += 1;
    this.mean += (1 / this.count) * (x - this.mean);
    const deviation = x - this.mean;
    this.increase = alpha * this.increase + deviation - delta;
    this.decrease = alpha * this.decrease + deviation + delta;
    if (this.increase < this.lowest) {
      this.lowest = this.increase;
      this.lowestAt = { count: this.count, mean: this.mean };
    }
    if (this.decrease > this.highest) {
      this.highest = this.decrease;
      this.highestAt = { count: this.count, mean: this.mean };
    }
    if (this.count >= minInstances) this.fired = this.exceeds();
  }

  /** Whether the last value made it fire. */
  get drifted(): boolean {
    return this.fired;
  }

  /** Mean of the values since the last start; `NaN` before the first. After firing, the value that fired is in it. */
  get estimation(): number {
    return this.count === 0 ? NaN : this.mean;
  }

  /** Number of values since the last start. */
  get width(): number {
    return this.count;
  }

  /** Means of the values before and after the point from which the sum rose (modes up and both) or fell (down). */
  get means(): { readonly before: number; readonly after: number } {
    const { count, mean } = this.options.mode === "down" ? this.highestAt : this.lowestAt;
    return { before: mean, after: (this.mean * this.count - mean * count) / (this.count - count) };
  }

  reset(): void {
    this.load([0, 0, 0, 0, Infinity, -1, 0, 0, NaN, 0, NaN]);
  }

  save(): number[] {
    const { lowestAt: low, highestAt: high } = this;
    const sums = [this.count, this.mean, this.increase, this.decrease, this.lowest, this.highest, this.fired ? 1 : 0];
    return [...sums, low.count, low.mean, high.count, high.mean];
  }

  /** Restores what `save` returned. Throws `RangeError` for a wrong number of values. */
  load(state: ArrayLike<number>): void {
    if (state.length !== PAGE_HINKLEY_STATE) {
      throw new RangeError(`Page–Hinkley state: got ${state.length} numbers, expected ${PAGE_HINKLEY_STATE}`);
    }
    this.count = state[0]!;
    this.mean = state[1]!;
    this.increase = state[2]!;
    this.decrease = state[3]!;
    this.lowest = state[4]!;
    this.highest = state[5]!;
    this.fired = state[6] === 1;
    this.lowestAt = { count: state[7]!, mean: state[8]! };
    this.highestAt = { count: state[9]!, mean: state[10]! };
  }

  private exceeds(): boolean {
    const { mode, threshold } = this.options;
    const rose = this.increase - this.lowest > threshold;
    const fell = this.highest - this.decrease > threshold;
    return mode === "up" ? rose : mode === "down" ? fell : rose || fell;
  }
}
