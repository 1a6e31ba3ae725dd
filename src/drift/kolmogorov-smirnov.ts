// The two-sample Kolmogorov–Smirnov statistic. There is no p value: it assumes independent values, and neighbouring
// rows of a market are strongly dependent. Thresholds are calibrated on training windows instead.
import { sortedFinite } from "./sorted-finite.ts";

/**
 * Largest difference between the two empirical distribution functions, from 0 to 1: scipy's `ks_2samp(…).statistic`.
 * Values that are not finite are left out.
 *
 * Example: 1 2 3 against 4 5 6 gives 1.
 * @returns `NaN` when either sample is empty.
 */
export function kolmogorovSmirnov(reference: Float64Array, current: Float64Array): number {
  const a = sortedFinite(reference);
  const b = sortedFinite(current);
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) return NaN;
  // In units of 1/(n·m), so that rounding cannot hide a tie.
  let gap = 0;
  for (let i = 0, j = 0; i < n && j < m;) {
    const x = Math.min(a[i]!, b[j]!);
    while (i < n && a[i] === x) i += 1;
    while (j < m && b[j] === x) j += 1;
    gap = Math.max(gap, Math.abs(i * m - j * n));
  }
  return gap / (n * m);
}
