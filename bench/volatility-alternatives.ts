// Other ways to keep the coverage of quantiles, for the comparison that chose one.
import { quantilesOf } from "../src/volatility/quantile-tracker.ts";
import { LEVELS, SIGMA_LEVELS } from "../src/volatility/sigma-levels.ts";
import type { ScoreSeries } from "./score-series.ts";

/** Writes the offsets of now to `out`, and learns from a residual and the offsets that were answered for it. */
interface Correction {
  offsets(): ArrayLike<number>;
  learn(residual: number, answered: ArrayLike<number>): void;
}

export interface Alternative {
  readonly name: string;
  make(first: Float64Array): Correction;
}

/** Quantile tracking with a step. */
function tracking(step: number): Alternative {
  return {
    name: `tracking, ${step}`,
    make: (first) => {
      const offsets = Float64Array.from(first);
      return {
        offsets: () => offsets,
        learn: (residual, answered) => {
          for (let l = 0; l < LEVELS; l++) {
            offsets[l]! += step * (SIGMA_LEVELS[l]! - (residual <= answered[l]! ? 1 : 0));
          }
        },
      };
    },
  };
}

/** Adaptive conformal inference (Gibbs and Candès 2021): the level of a rolling empirical quantile is tracked. */
function adaptive(window: number, step: number): Alternative {
  return {
    name: `adaptive level, window ${window}`,
    make: (first) => {
      const residuals: number[] = [];
      const sorted: number[] = [];
      const levels = Float64Array.from(SIGMA_LEVELS);
      const offsets = Float64Array.from(first);
      return {
        offsets: () => offsets,
        learn: (residual, answered) => {
          residuals.push(residual);
          sorted.splice(placeOf(sorted, residual), 0, residual);
          if (residuals.length > window) sorted.splice(placeOf(sorted, residuals.shift()!), 1);
          for (let l = 0; l < LEVELS; l++) {
            levels[l]! += step * (SIGMA_LEVELS[l]! - (residual <= answered[l]! ? 1 : 0));
            // A level beyond 0 or 1 has no quantile: one as far beyond the last residual.
            const beyond = Math.max(levels[l]! - 1, 0) + Math.min(levels[l]!, 0);
            const place = Math.floor(Math.min(Math.max(levels[l]!, 0), 1) * (sorted.length - 1));
            if (sorted.length >= 100) offsets[l] = sorted[place]! + beyond;
          }
        },
      };
    },
  };
}

function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const ALTERNATIVES: readonly Alternative[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02].map(tracking),
  adaptive(1440, 0.005),
  adaptive(7200, 0.005),
];

/** Offsets of every row, [rows × levels], ascending, with labels that come a horizon late. */
export function correctedOffsets(
  { step, horizonSteps }: ScoreSeries,
  residuals: Float64Array,
  first: Float64Array,
  alternative: Alternative,
): Float64Array {
  const correction = alternative.make(first);
  const raw = new Float64Array(residuals.length * LEVELS);
  const sorted = new Float64Array(raw.length);
  let next = 0;
  for (let i = 0; i < residuals.length; i++) {
    for (; next < i && step[next]! + horizonSteps <= step[i]!; next++) {
      correction.learn(residuals[next]!, raw.subarray(next * LEVELS, (next + 1) * LEVELS));
    }
    raw.set(correction.offsets(), i * LEVELS);
    sorted.set(raw.slice(i * LEVELS, (i + 1) * LEVELS).sort(), i * LEVELS);
  }
  return sorted;
}

/** The offsets that training would have found on the first rows. */
export function firstOffsets(residuals: Float64Array, share: number): Float64Array {
  return quantilesOf(residuals.subarray(0, Math.floor(share * residuals.length)));
}
