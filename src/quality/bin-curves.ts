// Areas under curves from counts per score bin, a bin counting as one tied score. Counts may be fractions.

/**
 * Average precision as scikit-learn computes it with equal scores: Σ (R_k − R_{k−1}) · P_k over the bins from the highest.
 *
 * Example: calm 1 1 0, spikes 0 1 1 give (1/2) · 1 + (1/2) · (2/3) = 0.8333…; `NaN` unless both outcomes are there.
 */
export function averagePrecisionOfBins(calm: ArrayLike<number>, spike: ArrayLike<number>): number {
  let rows = 0;
  let hits = 0;
  let sum = 0;
  for (let bin = calm.length - 1; bin >= 0; bin--) {
    const spikes = spike[bin]!;
    rows += calm[bin]! + spikes;
    if (!(spikes > 0)) continue;
    hits += spikes;
    sum += (spikes * hits) / rows;
  }
  return hits > 0 && rows > hits ? sum / hits : NaN;
}

/**
 * Area under the ROC curve by trapezoids: the chance that a spike lies in a higher bin than a calm step, ties counting half.
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
