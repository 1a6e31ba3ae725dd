// Where a column is cut into bins: float32 thresholds between neighbouring values, about equally many rows in each bin.
import { thresholdBetween } from "./threshold-between.ts";

/**
 * At most `maxBins` − 1 rising thresholds; bin k takes the x with t_{k−1} < x ≤ t_k.
 *
 * As many distinct values as bins or fewer: each has its own bin. Else bins are filled from the left up to the mean
 * number of the rows that are left per bin that is left, and a value that alone reaches that mean has its own bin,
 * which is LightGBM's greedy rule.
 * @param sorted float32 values in rising order, without NaN; none gives no threshold.
 */
export function binThresholds(sorted: Float32Array, maxBins: number): Float32Array {
  const { values, counts } = distinct(sorted);
  const thresholds: number[] = [];
  const cut = (k: number): unknown => thresholds.push(thresholdBetween(values[k]!, values[k + 1]!));
  if (values.length <= maxBins) {
    for (let k = 0; k + 1 < values.length; k++) cut(k);
    return Float32Array.from(thresholds);
  }
  const share = sorted.length / maxBins;
  const large = new Uint8Array(counts.length);
  let restRows = 0;
  let restBins = maxBins;
  for (let k = 0; k < counts.length; k++) {
    if (counts[k]! < share) restRows += counts[k]!;
    else {
      large[k] = 1;
      restBins--;
    }
  }
  let mean = restRows / Math.max(1, restBins);
  let filled = 0;
  for (let k = 0; k + 1 < values.length && thresholds.length < maxBins - 1; k++) {
    if (large[k] === 0) restRows -= counts[k]!;
    filled += counts[k]!;
    if (!(large[k] === 1 || filled >= mean || (large[k + 1] === 1 && filled >= mean / 2))) continue;
    cut(k);
    filled = 0;
    if (large[k] === 1) continue;
    restBins--;
    mean = restRows / Math.max(1, restBins);
  }
  return Float32Array.from(thresholds);
}

function distinct(sorted: Float32Array): { values: Float32Array; counts: Int32Array } {
  const values = new Float32Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let last = -1;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== values[last]) values[++last] = sorted[i]!;
    counts[last]!++;
  }
  return { values: values.subarray(0, last + 1), counts: counts.subarray(0, last + 1) };
}
