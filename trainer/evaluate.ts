// The figures of one model on one set of test rows.
import type { Dataset } from "./dataset.ts";
import { averagePrecision } from "./metrics/average-precision.ts";
import { brierScore, brierSkill } from "./metrics/brier.ts";
import { countEpisodes } from "./metrics/episodes.ts";
import { logLoss } from "./metrics/log-loss.ts";
import { rocAuc } from "./metrics/roc-auc.ts";
import { horizonMs } from "./split.ts";

/** What the rows are, whatever the model. */
export interface RowFigures {
  readonly rows: number;
  readonly positives: number;
  readonly episodes: number;
  readonly baseRate: number;
}

/** `null` where the rows lack one of the two outcomes. */
export interface ModelFigures {
  readonly prAuc: number | null;
  /** PR-AUC over the base rate: 1 is chance. */
  readonly lift: number | null;
  readonly rocAuc: number | null;
  readonly brier: number;
  readonly brierSkill: number | null;
  readonly logLoss: number;
}

/** Counts rows, positives and episodes (see `countEpisodes`). */
export function describeRows(data: Dataset, rows: Int32Array): RowFigures {
  const positives = rows.reduce((sum, k) => sum + data.rows.label[k]!, 0);
  return {
    rows: rows.length,
    positives,
    episodes: countEpisodes(data.rows, rows, horizonMs(data)),
    baseRate: positives / rows.length,
  };
}

/** @param probabilities one per row, as the ONNX graph gave them. */
export function evaluate(data: Dataset, rows: Int32Array, probabilities: Float32Array): ModelFigures {
  const labels = Uint8Array.from(rows, (k) => data.rows.label[k]!);
  const { baseRate } = describeRows(data, rows);
  const prAuc = finiteOrNull(averagePrecision(labels, probabilities));
  return {
    prAuc,
    lift: prAuc === null ? null : prAuc / baseRate,
    rocAuc: finiteOrNull(rocAuc(labels, probabilities)),
    brier: brierScore(labels, probabilities),
    brierSkill: finiteOrNull(brierSkill(labels, probabilities)),
    logLoss: logLoss(labels, probabilities),
  };
}

function finiteOrNull(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
