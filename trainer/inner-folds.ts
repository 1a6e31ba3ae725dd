// Chronological folds inside the training rows: settings are chosen, scores calibrated and thresholds set on rows that
// come after, and clear of, the rows that the fold's model was fitted on.
import type { Dataset } from "./dataset.ts";
import { purgedSplit, type Split } from "./split.ts";

/** The training rows are cut into this many blocks; the first is only ever trained on. */
export const INNER_BLOCKS = 5;

/**
 * Expanding folds: fold b fits on the blocks before b, purged, and is scored on block b. Blocks have equal numbers of
 * rows. A fold whose training part lacks one of the two outcomes is left out, so the list can be empty.
 */
export function innerFolds(data: Dataset, train: Int32Array): Split[] {
  const { tsMs, label } = data.rows;
  const folds: Split[] = [];
  for (let b = 1; b < INNER_BLOCKS; b++) {
    const from = tsMs[train[Math.floor((train.length * b) / INNER_BLOCKS)]!];
    const to = b + 1 < INNER_BLOCKS ? tsMs[train[Math.floor((train.length * (b + 1)) / INNER_BLOCKS)]!] : Infinity;
    if (from === undefined || to === undefined || !(from < to)) continue;
    const fold = purgedSplit(data, train, from, to);
    const positives = fold.train.reduce((sum, k) => sum + label[k]!, 0);
    if (positives > 0 && positives < fold.train.length && fold.test.length > 0) folds.push(fold);
  }
  return folds;
}
