// Evidently's fixed thresholds, for one column and over all of them. They say nothing of chance: shown beside a verdict
// that does, never in its place.

/**
 * From this normed Wasserstein distance on, Evidently calls a column drifted; from as much PSI or Jensen–Shannon too.
 */
export const CUSTOMARY_DISTANCE = 0.1;

/** From this share of drifted columns on, Evidently calls a data set drifted. */
export const CUSTOMARY_SHARE = 0.5;

/** Share of drifted columns; `null` for no columns. */
export function driftedShare(drifted: readonly boolean[]): number | null {
  return drifted.length === 0 ? null : drifted.filter(Boolean).length / drifted.length;
}
