// Whether probabilities mean what they say: the reliability table and the expected calibration error.

/** Bins of the table, of equal width on [0, 1]. */
export const RELIABILITY_BINS = 10;

/** One bin; the means are `null` when it is empty. */
export interface ReliabilityBin {
  readonly count: number;
  readonly meanProbability: number | null;
  readonly positiveShare: number | null;
}

/**
 * Place of a probability: bin k holds (k/10, (k+1)/10], bin 0 also 0 itself, with the edges as k · 0.1 in float64. These
 * are the bins of scikit-learn's `calibration_curve` with `strategy="uniform"`.
 *
 * Example: 0.1 is in bin 0, 0.11 in bin 1, 1 in bin 9.
 */
export function reliabilityBin(probability: number): number {
  const width = 1 / RELIABILITY_BINS;
  let bin = Math.min(Math.floor(probability * RELIABILITY_BINS), RELIABILITY_BINS - 1);
  while (bin > 0 && probability <= bin * width) bin -= 1;
  while (bin + 1 < RELIABILITY_BINS && probability > (bin + 1) * width) bin += 1;
  return bin;
}

/** Throws `RangeError` for a probability that is not from 0 to 1. */
export function reliabilityTable(labels: Uint8Array, probabilities: ArrayLike<number>): ReliabilityBin[] {
  const counts = new Float64Array(RELIABILITY_BINS);
  const sums = new Float64Array(RELIABILITY_BINS);
  const hits = new Float64Array(RELIABILITY_BINS);
  for (let k = 0; k < labels.length; k++) {
    const p = probabilities[k]!;
    if (!(p >= 0 && p <= 1)) throw new RangeError(`probabilities[${k}]: got ${p}, expected a number from 0 to 1`);
    const bin = reliabilityBin(p);
    counts[bin]! += 1;
    sums[bin]! += p;
    hits[bin]! += labels[k]!;
  }
  return Array.from(counts, (count, bin) => ({
    count,
    meanProbability: count > 0 ? sums[bin]! / count : null,
    positiveShare: count > 0 ? hits[bin]! / count : null,
  }));
}

/**
 * Expected calibration error: Σ over bins of count/n · |mean probability − share of positives| (M. Naeini et al. 2015).
 * It is biased upwards: even perfect probabilities give more than 0 on finite rows.
 *
 * Example: labels 0 1 with probabilities 0.2 0.6 give 0.3. `NaN` without rows; throws as `reliabilityTable`.
 */
export function expectedCalibrationError(labels: Uint8Array, probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (const { count, meanProbability, positiveShare } of reliabilityTable(labels, probabilities)) {
    if (count > 0) sum += count * Math.abs(meanProbability! - positiveShare!);
  }
  return sum / labels.length;
}
