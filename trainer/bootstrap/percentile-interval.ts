// The middle 95 % of a bootstrap's values.
import type { Figure } from "../../src/model/manifest-evaluation.ts";

/** Type-7 ("linear") quantile of ascending values, as NumPy computes it; `NaN` without values. */
export function sortedQuantile(ascending: ArrayLike<number>, probability: number): number {
  const h = (ascending.length - 1) * probability;
  const j = Math.floor(h);
  const low = ascending[j] ?? NaN;
  return h > j ? low + (h - j) * (ascending[j + 1]! - low) : low;
}

/**
 * The value with its percentile interval, the 2.5 % and 97.5 % quantiles of the resamples that have the figure. A
 * resample without it (`NaN`, for example precision without an alert) is left out.
 *
 * @returns `null` when the value itself does not exist, or fewer than half of the resamples have it.
 */
export function percentileInterval(value: number, resampled: Float64Array): Figure | null {
  const values = resampled.filter((x) => !Number.isNaN(x)).sort();
  if (Number.isNaN(value) || values.length === 0 || values.length < resampled.length / 2) return null;
  return { value, low: sortedQuantile(values, 0.025), high: sortedQuantile(values, 0.975) };
}
