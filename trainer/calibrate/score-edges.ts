// Where a model's probabilities are cut into the 128 bins in which a gateway keeps them.

/** Most edges, and how many of them cover the range that later probabilities may have. */
const MAX_EDGES = 127;
const SPAN = 30;

/**
 * Ascending edges, at most 127, the thresholds among them, so that counts per bin give the confusion matrix exactly at
 * each. The n edges that are left lie at the quantiles 1 − (1 − k/(n + 1))² of the probabilities: the higher the score
 * the finer, since PR-AUC depends on the highest scores and cannot rank rows within a bin. The others lie every half
 * unit of logit from −7.5 to 7, for scores beyond those of training.
 *
 * Example: without probabilities the 30 of the span and the thresholds.
 *
 * @param probabilities any order; values outside (0, 1) are left out.
 */
export function scoreEdges(probabilities: ArrayLike<number>, thresholds: readonly number[]): number[] {
  const sorted = Float64Array.from(probabilities)
    .filter((p) => p > 0 && p < 1)
    .sort();
  const edges = new Set(thresholds);
  const own = MAX_EDGES - SPAN - edges.size;
  for (let k = 1; k <= own && sorted.length > 0; k++) {
    const level = 1 - (1 - k / (own + 1)) ** 2;
    edges.add(rounded(sorted[Math.floor(level * sorted.length)]!));
  }
  for (let k = 0; k < SPAN; k++) edges.add(rounded(1 / (1 + Math.exp(7.5 - k / 2))));
  return [...edges].sort((a, b) => a - b);
}

/** Rounds to 7 significant digits, as manifests do. */
function rounded(p: number): number {
  return Number(p.toPrecision(7));
}
