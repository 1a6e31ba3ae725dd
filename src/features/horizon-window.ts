// Windows and half-lives of `default-2` in steps.
import type { RollingSums } from "./rolling-sums.ts";

/** Steps of a window of so many horizons, rounded; `undefined` for one shorter than a step: it does not exist. */
export function windowSteps(horizons: number, horizonSteps: number): number | undefined {
  const steps = horizons * horizonSteps;
  return steps >= 1 ? Math.round(steps) : undefined;
}

/** Existing values that a window or half-life of so many steps needs: half of them, from 1 to 60. */
export function horizonMinCount(steps: number): number {
  return Math.max(1, Math.min(Math.ceil(steps / 2), 60));
}

/** One window of some sums: its index there, and the existing values that it needs. */
export class SumWindow {
  readonly sums: RollingSums;
  readonly k: number;
  readonly minCount: number;

  /** Throws `RangeError` unless the sums have a window of so many steps. */
  constructor(sums: RollingSums, steps: number) {
    this.sums = sums;
    this.k = sums.indexOf(steps);
    this.minCount = horizonMinCount(steps);
  }

  /** Mean of the existing values, or `NaN` when too few exist. */
  get mean(): number {
    return this.sums.mean(this.k, this.minCount);
  }

  /** Sum of the existing values, or `NaN` when too few exist. */
  get sum(): number {
    return this.sums.count(this.k) >= this.minCount ? this.sums.sum(this.k) : NaN;
  }
}
