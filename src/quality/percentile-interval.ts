// The 95 % percentile interval of a bootstrap.
import type { Figure } from "../model/manifest-evaluation.ts";
import { studentQuantile } from "./student-quantile.ts";

/** The standard normal distribution's 97.5 % quantile. */
const NORMAL_975 = 1.959963984540054;

/** Type-7 ("linear") quantile of ascending values, as NumPy computes it; `NaN` without values. */
function sortedQuantile(ascending: ArrayLike<number>, probability: number): number {
  const h = (ascending.length - 1) * probability;
  const j = Math.floor(h);
  const low = ascending[j] ?? NaN;
  return h > j ? low + (h - j) * (ascending[j + 1]! - low) : low;
}

/**
 * The value with its percentile interval, the 2.5 % and 97.5 % quantiles of the resamples that have the figure. A
 * resample without it (`NaN`, for example precision without an alert) is left out.
 *
 * @returns `null` if the value does not exist or fewer than half of the resamples have it.
 */
export function percentileInterval(value: number, resampled: Float64Array): Figure | null {
  const values = resampled.filter((x) => !Number.isNaN(x)).sort();
  if (Number.isNaN(value) || values.length === 0 || values.length < resampled.length / 2) return null;
  return { value, low: sortedQuantile(values, 0.025), high: sortedQuantile(values, 0.975) };
}

/**
 * The interval, widened for few blocks. Resampled blocks vary by √((B − 1)/B) of what they should, and percentiles
 * assume a normal distribution, which is too narrow for B blocks. Therefore both ends move away from the value by
 * Student's quantile with B − 1 degrees of freedom over the normal's, times √(B/(B − 1)). 9.2 times at two blocks, 1.6
 * at 5, 1.1 at 20, 1 at many.
 *
 * Measured on the Brier score of independent blocks, 400 simulations: percentiles alone cover 81 % at 4 blocks, 87 % at
 * 8, 94 % at 20; the widened interval 92, 93 and 95 %. tests/trainer/statistics/bootstrap-coverage.long.test.ts asks
 * for 90 %.
 */
export function widened(figure: Figure | null, blocks: number): Figure | null {
  if (figure === null) return null;
  const { value, low, high } = figure;
  const factor = (studentQuantile(0.975, blocks - 1) / NORMAL_975) * Math.sqrt(blocks / (blocks - 1));
  return {
    value,
    low: low - (factor - 1) * Math.max(value - low, 0),
    high: high + (factor - 1) * Math.max(high - value, 0),
  };
}

/** The figure with its interval clipped to [low, high], e.g. 0 … 1 for a share. */
export function within(figure: Figure | null, low: number, high: number): Figure | null {
  if (figure === null) return null;
  return { value: figure.value, low: Math.max(figure.low, low), high: Math.min(figure.high, high) };
}
