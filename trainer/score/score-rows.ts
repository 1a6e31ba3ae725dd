// A score on rows of the dataset.
import type { FoldScores, ScoredRows } from "../calibrate/scored-rows.ts";
import { assignBlocks } from "../evaluate/intervals/assign-blocks.ts";
import type { Split } from "../folds/split.ts";
import type { Dataset } from "../rows/dataset.ts";
import { thinned } from "../rows/stretch-sample.ts";
import { weighedSymbols } from "../rows/symbol-weights.ts";
import type { Score } from "./score.ts";
import { scoresOfRows } from "./scores-of-rows.ts";

/** A fold's own rows are thinned to about this many: two parameters need no more. */
const OWN_ROWS = 100_000;
/** Thinned rows keep at least about this many spikes. */
const OWN_SPIKES = 1000;

/** Scores and labels of rows of the dataset. */
export function scoreRows(data: Dataset, rows: Int32Array, score: Score): ScoredRows {
  return {
    scores: scoresOfRows(data, rows, score),
    labels: Uint8Array.from(rows, (k) => data.rows.label[k]!),
    symbols: weighedSymbols(data, rows),
  };
}

/** A fold's scores. @param score fitted on the fold's training rows. */
export function scoreFold(data: Dataset, { train, test }: Split, score: Score): FoldScores {
  const spikes = train.reduce((sum, k) => sum + data.rows.label[k]!, 0);
  const every = Math.max(1, Math.min(train.length / OWN_ROWS, spikes / OWN_SPIKES));
  return {
    heldOut: scoreRows(data, test, score),
    blocks: assignBlocks(data.rows, test),
    own: scoreRows(data, thinned(train, Math.ceil(train.length / every)), score),
    fittedRows: train.length,
  };
}
