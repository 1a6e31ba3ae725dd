// Where a model's probabilities are cut into the 128 bins in which a gateway keeps them.

/** Numbers of edges: `OWN` follow the model's own probabilities, `SPAN` cover the range that later ones may have. */
const OWN = 96;
const SPAN = 30;

/**
 * Ascending edges, at most 127, the operating threshold among them, so that counts per bin give the confusion matrix
 * exactly. Edges at the quantiles 1 − (1 − k/97)² of the probabilities: the higher the score the finer, since PR-AUC
 * depends on the highest scores and cannot rank rows within a bin. The others lie every half unit of logit from −7.5 to
 * 7, for scores beyond those of training.
 *
 * Example: without probabilities the 30 of the span and the threshold.
 *
 * @param probabilities any order; values outside (0, 1) are left out.
 */
export function scoreEdges(probabilities: ArrayLike<number>, threshold: number): number[] {
  const sorted = Float64Array.from(probabilities)
    .filter((p) => p > 0 && p < 1)
    .sort();
  const edges = new Set([threshold]);
  for (let k = 1; k <= OWN && sorted.length > 0; k++) {
    const level = 1 - (1 - k / (OWN + 1)) ** 2;
    edges.add(rounded(sorted[Math.floor(level * sorted.length)]!));
  }
  for (let k = 0; k < SPAN; k++) edges.add(rounded(1 / (1 + Math.exp(7.5 - k / 2))));
  return [...edges].sort((a, b) => a - b);
}

/** Rounds to 7 significant digits, as manifests do. */
function rounded(p: number): number {
  return Number(p.toPrecision(7));
}
