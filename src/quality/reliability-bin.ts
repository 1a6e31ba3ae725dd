// The bins of a reliability table, shared by the trainer's report and the live figures.

/** Bins of the table, of equal width on [0, 1]. */
export const RELIABILITY_BINS = 10;

/**
 * Place of a probability: bin k holds (k/10, (k+1)/10], bin 0 also 0 itself, with the edges as k · 0.1 in float64.
 * These are the bins of scikit-learn's `calibration_curve` with `strategy="uniform"`.
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

/** One bin; the means are `null` when it is empty. */
export interface ReliabilityBin {
  readonly count: number;
  readonly meanProbability: number | null;
  readonly positiveShare: number | null;
}
