// Evidently's fixed thresholds, for one column and over all of them. They do not account for chance, so they are shown
// only beside a calibrated verdict.

/**
 * Evidently calls a column drifted from this normed Wasserstein distance on, and from the same PSI or Jensen–Shannon
 * distance.
 */
export const CUSTOMARY_DISTANCE = 0.1;

/** Evidently calls a data set drifted from this share of drifted columns on. */
export const CUSTOMARY_SHARE = 0.5;

/** Share of drifted columns; `null` for no columns. */
export function driftedShare(drifted: readonly boolean[]): number | null {
  return drifted.length === 0 ? null : drifted.filter(Boolean).length / drifted.length;
}
