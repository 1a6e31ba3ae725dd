// Chronological folds inside the training rows: settings are chosen, scores calibrated and thresholds set on rows that
// come after, and clear of, the rows that the fold's model was fitted on.
import type { Dataset } from "../rows/dataset.ts";
import { describeRows } from "../rows/row-figures.ts";
import { purgedSplit, type Split } from "./split.ts";

/** The training rows are cut into this many blocks; the first is only ever trained on. */
const INNER_BLOCKS = 5;
/** Least training episodes of an inner fold; with one, a model would learn that event only. */
const MIN_INNER_EPISODES = 2;

/**
 * Expanding folds: fold b fits on the blocks before b, purged, and is scored on block b. Each block has as large a
 * share of the rows and of the spikes together as any other (rows and spikes count half each): with equal numbers of
 * rows alone, the few episodes of some hours often lie in one block, with no spike before it to fit on or after it to
 * validate on. A fold whose training part has fewer than `MIN_INNER_EPISODES`, or no calm row, is left out, so the list
 * can be empty.
 */
export function innerFolds(data: Dataset, train: Int32Array): Split[] {
  const { tsMs } = data.rows;
  const starts = blockStarts(data, train);
  const folds: Split[] = [];
  for (let b = 1; b < INNER_BLOCKS; b++) {
    const from = tsMs[train[starts[b]!]!];
    const to = b + 1 < INNER_BLOCKS ? tsMs[train[starts[b + 1]!]!] : Infinity;
    if (from === undefined || to === undefined || !(from < to)) continue;
    const fold = purgedSplit(data, train, from, to);
    if (fold.test.length === 0) continue;
    const { episodes, positives, rows } = describeRows(data, fold.train);
    if (episodes >= MIN_INNER_EPISODES && positives < rows) folds.push(fold);
  }
  return folds;
}

/** Places in `train` where the blocks begin. */
function blockStarts({ rows: { label } }: Dataset, train: Int32Array): number[] {
  const spikes = train.reduce((sum, k) => sum + label[k]!, 0);
  const starts: number[] = [0];
  let done = 0;
  train.forEach((k, i) => {
    if (starts.length < INNER_BLOCKS && done >= starts.length / INNER_BLOCKS) starts.push(i);
    done += 0.5 / train.length + (spikes === 0 ? 0.5 / train.length : (0.5 * label[k]!) / spikes);
  });
  while (starts.length < INNER_BLOCKS) starts.push(train.length);
  return starts;
}

/**
 * With more held-out rows than this in the last inner fold, it alone chooses settings: the others would change little.
 */
const PLENTY_OF_ROWS = 20_000;

/** The folds whose held-out rows choose settings: all of them, or the last where it has plenty. */
export function judgingFolds(folds: readonly Split[]): readonly Split[] {
  return (folds.at(-1)?.test.length ?? 0) > PLENTY_OF_ROWS ? folds.slice(-1) : folds;
}

/** Whether the folds' held-out rows hold both outcomes, so that something can be chosen by them. */
export function canChoose(data: Dataset, folds: readonly Split[]): boolean {
  const rows = folds.reduce((sum, { test }) => sum + test.length, 0);
  const spikes = folds.reduce((sum, { test }) => test.reduce((s, k) => s + data.rows.label[k]!, sum), 0);
  return spikes > 0 && spikes < rows;
}
