// Evidently's verdict over all columns: by a fixed share, which says nothing of chance.

/** From this share of drifted columns on, Evidently calls a data set drifted. */
export const CUSTOMARY_SHARE = 0.5;

/** Share of drifted columns; `NaN` for no columns. */
export function driftedShare(drifted: readonly boolean[]): number {
  return drifted.filter(Boolean).length / drifted.length;
}

/** Whether at least half of the columns drifted; never for no columns. */
export function datasetDrifted(drifted: readonly boolean[]): boolean {
  return driftedShare(drifted) >= CUSTOMARY_SHARE;
}
