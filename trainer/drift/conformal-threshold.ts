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
 * For each value, the conformal threshold of all the others: the threshold for one further value. `Infinity` where the
 * others are too few, `NaN` for a value that is not finite.
 *
 * Example: of 1 … 100 at α = 0.05 it is 96 for the values up to 95 and 95 for those above.
 */
export function thresholdsOfOthers(values: Float64Array, alpha: number): Float64Array {
  const sorted = values.filter(Number.isFinite).sort();
  const rank = rankOf(sorted.length, alpha);
  // Without a value among the first `rank` of all, the next one moves into that place.
  const [low, high] = [sorted[rank - 1] ?? Infinity, sorted[rank] ?? Infinity];
  return values.map((x) => (Number.isFinite(x) ? (x > low ? low : high) : NaN));
}

/** ⌈count · (1 − α)⌉, where 95.00000000000001 is 95. */
function rankOf(count: number, alpha: number): number {
  return Math.ceil(count * (1 - alpha) - 1e-9);
}
