// Keeps quantiles of a forecast's log residuals at their stated coverage, whatever the market does: quantile tracking
// (Angelopoulos, Candès and Tibshirani 2023; with one level, the update of Gibbs and Candès 2021).
import { LEVELS, SIGMA_LEVELS } from "./sigma-levels.ts";

/**
 * How far an offset moves at most with a label, in units of ln σ. Chosen by `npm run bench:volatility`: smaller ones
 * miss the stated coverage by more than 1 % in a month, larger ones make the interval wider.
 */
const STEP_SIZE = 0.005;
/**
 * Labels come a horizon late, so that the steps of a whole horizon move the offsets before the first of them is
 * answered: together by this much at most, or they would swing.
 */
const MOST_PER_HORIZON = 0.3;
/** Labels that the offsets are begun with, in horizons; at least and at most so many labels. */
const FIRST_HORIZONS = 15;
const LEAST_FIRST = 100;
const MOST_FIRST = 4096;

/** How far an offset moves at most with each label. Example: 0.005 up to 60 steps, 0.001 for a horizon of 300. */
export function stepSizeOf(horizonSteps: number): number {
  return Math.min(STEP_SIZE, MOST_PER_HORIZON / horizonSteps);
}

/** Labels that a model without offsets of its training needs. Example: 100 for a horizon of 1 step, 900 for 60. */
export function firstLabelsOf(horizonSteps: number): number {
  return Math.min(MOST_FIRST, Math.max(LEAST_FIRST, FIRST_HORIZONS * horizonSteps));
}

/**
 * Offsets of the quantiles of ln(realised volatility) from ln(forecast), one per level of `SIGMA_LEVELS`.
 *
 * After each label, an offset that was answered too low rises by step · level, and another one falls by
 * step · (1 − level). The sum of these moves is what the offset moved by, so that over n labels the share below it
 * differs from its level by |offset now − offset at first| / (step · n), and by what a horizon's delay adds.
 *
 * Each level's own offsets may cross by a fraction of a step; `sorted` ones are answered.
 *
 * Example: with a step of 0.005 the offset of 0.9 rises by 0.0045 after a residual above it, and falls by 0.0005 after
 * one below.
 */
export class QuantileTracker {
  readonly horizonSteps: number;
  /** Offsets by level; `NaN` until there are labels enough. */
  readonly offsets = new Float64Array(LEVELS).fill(NaN);
  /** Those that it began with: what is answered without correction. */
  readonly first = new Float64Array(LEVELS).fill(NaN);
  private readonly stepSize: number;
  /** Residuals until there are enough. */
  private waiting: number[] = [];

  /** @param first offsets of the training; `undefined` begins with those of the first labels. */
  constructor(horizonSteps: number, first?: readonly number[]) {
    this.horizonSteps = horizonSteps;
    this.stepSize = stepSizeOf(horizonSteps);
    if (first !== undefined) this.begin(first);
  }

  get ready(): boolean {
    return !Number.isNaN(this.offsets[0]!);
  }

  /** Labels that it still needs before it is ready. */
  get missingLabels(): number {
    return this.ready ? 0 : firstLabelsOf(this.horizonSteps) - this.waiting.length;
  }

  /**
   * Adds the residual of a step whose label arrived.
   * @param residual ln(realised) − ln(forecast), finite.
   * @param answered the offsets at that step, from place `at`; those of a step before it was ready are `NaN`.
   */
  update(residual: number, answered: ArrayLike<number>, at: number): void {
    if (!this.ready) {
      this.waiting.push(residual);
      if (this.waiting.length === firstLabelsOf(this.horizonSteps)) this.begin(quantilesOf(this.waiting));
      return;
    }
    for (let level = 0; level < LEVELS; level++) {
      const offset = answered[at + level]!;
      if (offset !== offset) continue;
      this.offsets[level]! += this.stepSize * (SIGMA_LEVELS[level]! - (residual <= offset ? 1 : 0));
    }
  }

  /** What is stored of it: offsets, first offsets, residuals that wait. */
  get arrays(): readonly Float64Array[] {
    return [this.offsets, this.first, Float64Array.from(this.waiting)];
  }

  /** Restores `arrays`. Throws `RangeError` for others. */
  load([offsets, first, waiting]: readonly ArrayLike<number>[]): void {
    if (offsets?.length !== LEVELS || first?.length !== LEVELS || waiting === undefined) {
      throw new RangeError(`offsets: got ${offsets?.length ?? 0} and ${first?.length ?? 0}, expected ${LEVELS} each`);
    }
    this.offsets.set(offsets);
    this.first.set(first);
    this.waiting = Array.from(waiting);
  }

  private begin(first: ArrayLike<number>): void {
    this.first.set(first);
    this.offsets.set(first);
    this.waiting = [];
  }
}

/** Type 7, as τ: linear between the order statistics. Example: of 0 … 10 the offsets are 1, 5 and 9. */
export function quantilesOf(residuals: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(residuals).sort();
  return Float64Array.from(SIGMA_LEVELS, (level) => {
    const place = level * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
  });
}

/** Writes three offsets to `out`, ascending. They nearly always are. */
export function sortOffsets(offsets: ArrayLike<number>, at: number, out: Float64Array): void {
  for (let level = 0; level < LEVELS; level++) {
    const offset = offsets[at + level]!;
    let place = level;
    for (; place > 0 && out[place - 1]! > offset; place--) out[place] = out[place - 1]!;
    out[place] = offset;
  }
}
