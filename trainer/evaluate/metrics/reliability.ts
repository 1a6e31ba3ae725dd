// Whether probabilities mean what they say: the reliability table and the expected calibration error.
import { RELIABILITY_BINS, type ReliabilityBin, reliabilityBin } from "../../../src/quality/reliability-bin.ts";

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
