// Thresholds with a stated false-alarm rate, from what training windows showed by chance.

/**
 * The ⌈(n + 1)(1 − α)⌉-th smallest of n values: a further value that is exchangeable with them lies above it with a
 * probability of at most α, whatever their distribution (split conformal prediction). Values that are not finite are
 * left out.
 *
 * Example: of 1 … 99 at α = 0.05 it is 95.
 * @returns `null` when there are fewer than 1/α − 1 values: no order statistic can promise α then.
 */
export function conformalThreshold(values: Float64Array, alpha: number): number | null {
  const sorted = values.filter(Number.isFinite).sort();
  return sorted[rankOf(sorted.length + 1, alpha) - 1] ?? null;
}

/**
 * For each value, whether it lies above the conformal threshold of all the others: what a further value would meet.
 * `NaN` lies above nothing.
 *
 * Example: of 1 … 100 at α = 0.05 the largest five do.
 */
export function exceedsOthers(values: Float64Array, alpha: number): boolean[] {
  const sorted = values.filter(Number.isFinite).sort();
  // Without the value itself there are n − 1, and a value above the threshold of the others is not among the ranks
  // below: the threshold is the ⌈n(1 − α)⌉-th of all.
  const threshold = sorted[rankOf(sorted.length, alpha) - 1] ?? Infinity;
  return Array.from(values, (x) => x > threshold);
}

/** Fewest values that can promise α: ⌈1/α⌉ − 1. */
export function leastForAlpha(alpha: number): number {
  return rounded(1 / alpha) - 1;
}

function rankOf(count: number, alpha: number): number {
  return rounded(count * (1 - alpha));
}

/** ⌈x⌉, where 95.00000000000001 is 95. */
function rounded(x: number): number {
  return Math.ceil(x - 1e-9);
}
