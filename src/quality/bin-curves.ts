// Areas under curves from counts per score bin, assuming a random order within a bin. Counts may be fractions.
import { ln } from "../features/exact-math.ts";

/**
 * Average precision, Σ (R_k − R_{k−1}) · P_k, with each bin's spikes spread evenly among its calm steps: the k-th of a
 * bin's s spikes has k/(s + 1) of its calm steps above it. Treating a bin as one tied score would evaluate the curve at
 * its lower end only: on recorded ticks that is up to 0.022 below the exact value, with this method 0.008
 * (tests/trainer/quality-real.long.test.ts).
 *
 * Example: calm 3 0, spikes 0 2 give 1; calm 0 10, spikes 0 1 give 1/6 (the mean over all orders is 0.275: one spike
 * alone is where this is worst). `NaN` unless both outcomes are there.
 */
export function averagePrecisionOfBins(calm: ArrayLike<number>, spike: ArrayLike<number>): number {
  let above = 0;
  let hits = 0;
  let sum = 0;
  for (let bin = calm.length - 1; bin >= 0; bin--) {
    const spikes = spike[bin]!;
    if (spikes > 0) sum += precisionSum(hits, hits + above, spikes, 1 + calm[bin]! / (spikes + 1));
    hits += spikes;
    above += calm[bin]!;
  }
  return hits > 0 && above > 0 ? sum / hits : NaN;
}

/**
 * Σ over k = 1 … s of (hits + k) / (rows + growth · k), as the integral from ½ to s + ½, whose error falls with the
 * square of the rows; fractions of one spike by the middle value.
 */
export function precisionSum(hits: number, rows: number, spikes: number, growth: number): number {
  const middle = (spikes + 1) / 2;
  if (spikes <= 1) return (spikes * (hits + middle)) / (rows + growth * middle);
  const bend = (hits - rows / growth) / growth;
  return spikes / growth + bend * (ln(rows + growth * (spikes + 0.5)) - ln(rows + growth / 2));
}

/**
 * The part of `precisionSum` that the spikes from the `from`-th to the `to`-th give, both fractions of all `spikes`:
 * parts that cover 0 to `spikes` add up to it.
 */
export function precisionPart(
  { hits, rows, spikes, growth }: Readonly<Record<"hits" | "rows" | "spikes" | "growth", number>>,
  from: number,
  to: number,
): number {
  if (spikes <= 1) return ((to - from) / spikes) * precisionSum(hits, rows, spikes, growth);
  const bend = (hits - rows / growth) / growth;
  return (to - from) / growth + bend * (ln(rows + growth * (to + 0.5)) - ln(rows + growth * (from + 0.5)));
}

/**
 * Area under the ROC curve by trapezoids: the chance that a spike lies in a higher bin than a calm step, ties counting
 * half.
 *
 * Example: calm 1 1 0, spikes 0 1 1 give 0.875; `NaN` unless both outcomes are there.
 */
export function rocAucOfBins(calm: ArrayLike<number>, spike: ArrayLike<number>): number {
  let below = 0;
  let wins = 0;
  let spikes = 0;
  for (let bin = 0; bin < calm.length; bin++) {
    wins += spike[bin]! * (below + calm[bin]! / 2);
    below += calm[bin]!;
    spikes += spike[bin]!;
  }
  return spikes > 0 && below > 0 ? wins / (spikes * below) : NaN;
}
