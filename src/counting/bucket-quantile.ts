// A quantile from a histogram's buckets.

/**
 * As `histogram_quantile` of Prometheus computes it: values lie evenly in their bucket, which begins at the bound
 * before, or at 0. In the last bucket, which has no bound, the answer is the largest bound: the quantile is that or
 * more. `null` without a value.
 *
 * Example: with bounds 1 and 2 and counts 10, 10 and 0, the 0.75 quantile is 1.5.
 * @param counts of each bucket by itself, and of that without a bound.
 */
export function bucketQuantile(bounds: readonly number[], counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (const [i, bound] of bounds.entries()) {
    const count = counts[i]!;
    if (below + count >= rank && count > 0) {
      const from = i === 0 ? 0 : bounds[i - 1]!;
      return from + (bound - from) * ((rank - below) / count);
    }
    below += count;
  }
  return bounds.at(-1)!;
}
