// The feature with the largest distance relative to its threshold. Live windows and the trainer's null windows use the
// same code, so that a ratio is comparable with its limit.

/** The feature that is farthest from training, in multiples of its own threshold. */
export interface LargestRatio {
  /** Index of the feature. */
  readonly index: number;
  /** Its distance over its threshold; above 1 it drifted. */
  readonly ratio: number;
}

/**
 * The largest distance / threshold, the first one of equals. Left out are features whose distance is `null` or not
 * finite, and those whose threshold is `null`, not finite or 0: for a feature that was constant in training the ratio
 * is undefined.
 *
 * Example: distances 0.3 0.2 with thresholds 0.2 0.1 give the ratio 2 of feature 1.
 * @returns `null` when no feature is left.
 */
export function largestRatio(
  distances: readonly (number | null)[],
  thresholds: readonly (number | null)[],
): LargestRatio | null {
  let largest: LargestRatio | null = null;
  for (const [index, distance] of distances.entries()) {
    const threshold = thresholds[index] ?? 0;
    if (distance === null || !Number.isFinite(distance) || !(threshold > 0 && threshold < Infinity)) continue;
    const ratio = distance / threshold;
    if (largest === null || ratio > largest.ratio) largest = { index, ratio };
  }
  return largest;
}
