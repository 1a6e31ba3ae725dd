// The two-sample Kolmogorov–Smirnov test, two-sided, as scipy's ks_2samp does it by default: exact for up to 10,000 values
// a side, else by the one-sample distribution at the effective size.
import { kolmogorovTail } from "./kolmogorov-tail.ts";
import { sortedFinite } from "./sorted-finite.ts";

const EXACT_UP_TO = 10_000;

export interface KolmogorovSmirnov {
  /** Largest difference between the two empirical distribution functions. */
  readonly statistic: number;
  /** Chance of a statistic at least as large when both samples come from one continuous distribution. */
  readonly pValue: number;
}

/**
 * Values that are not finite are left out.
 *
 * Example: 1 2 3 against 4 5 6: statistic 1, p value 2 / (6 choose 3) = 0.1.
 * @returns `NaN` for both numbers when either sample is empty.
 */
export function kolmogorovSmirnov(reference: Float64Array, current: Float64Array): KolmogorovSmirnov {
  const a = sortedFinite(reference);
  const b = sortedFinite(current);
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) return { statistic: NaN, pValue: NaN };
  let gap = 0;
  for (let i = 0, j = 0; i < n && j < m;) {
    const x = Math.min(a[i]!, b[j]!);
    while (i < n && a[i] === x) i += 1;
    while (j < m && b[j] === x) j += 1;
    gap = Math.max(gap, Math.abs(i * m - j * n));
  }
  const statistic = gap / (n * m);
  const exact = Math.max(n, m) <= EXACT_UP_TO;
  return { statistic, pValue: exact ? exactPValue(gap, n, m) : kolmogorovTail(effectiveSize(n, m), statistic) };
}

/** n·m / (n + m), rounded half to even as NumPy does. */
function effectiveSize(n: number, m: number): number {
  const size = (n * m) / (n + m);
  const down = Math.floor(size);
  if (size - down !== 0.5) return Math.round(size);
  return down % 2 === 0 ? down : down + 1;
}

/**
 * Chance that a random order of n values of one kind and m of another ever has |i·m − j·n| ≥ gap, i and j being how many of
 * each came so far. The walk is followed value by value and what reaches the gap is taken out and summed: nothing is
 * subtracted, so small chances keep their digits. Time n · m at most.
 */
function exactPValue(gap: number, n: number, m: number): number {
  if (gap === 0) return 1;
  // inside[j]: chance of being at (i, j) and never having reached the gap.
  const inside = new Float64Array(m + 1);
  let reached = 0;
  for (let i = 0; i <= n; i++) {
    // What can be reached from within the gap by one more value; all left of it is 0 by then.
    const first = Math.max(0, Math.floor(((i - 1) * m - gap) / n));
    const last = Math.min(m, Math.ceil((i * m + gap) / n));
    for (let j = first; j <= last; j++) {
      const left = n - i + m - j + 1;
      let chance = i === 0 && j === 0 ? 1 : 0;
      if (i > 0) chance += (inside[j]! * (n - i + 1)) / left;
      if (j > 0) chance += (inside[j - 1]! * (m - j + 1)) / left;
      if (Math.abs(i * m - j * n) >= gap) {
        reached += chance;
        inside[j] = 0;
      } else {
        inside[j] = chance;
      }
    }
  }
  return Math.min(1, reached);
}
