// A baseline whose score is one column of `default-2`: which one is chosen on the training rows.
import { fitPlatt } from "../calibrate/platt.ts";
import { calibrator } from "../calibrate/calibrator.ts";
import { weightsOf } from "../calibrate/scored-rows.ts";
import { logLoss } from "../evaluate/metrics/log-loss.ts";
import type { Dataset } from "../rows/dataset.ts";
import { thinned } from "../rows/stretch-sample.ts";
import { scoreRows } from "../score/score-rows.ts";
import type { Candidate, CandidateRefusal, FitContext, PreparedCandidate } from "./candidate.ts";
import { columnScore, finiteMean, type RowColumn, rowColumn } from "./column-score.ts";
import { refusalWithoutRow } from "./refusal-without-row.ts";

/** Training rows that the choice looks at, at most. One choice of a dozen needs no more. */
const MAX_ROWS = 100_000;

/**
 * The column whose probabilities, after Platt's calibration on the training rows, have the lowest log loss on them. A
 * column without a finite value there is left out and named.
 * @param names of columns of `default-2`; at an equal loss the earlier one is taken.
 */
export function chosenColumn(family: string, names: readonly string[]): Candidate {
  const columns = names.map((name) => rowColumn("default-2", name));
  return {
    family,
    baseline: true,
    calibrateOn: "training-rows",
    prepare({ data }: FitContext, train: Int32Array): PreparedCandidate | CandidateRefusal {
      const refusal = refusalWithoutRow(data, "default-2");
      if (refusal !== undefined) return refusal;
      const isFinite = (column: RowColumn): boolean => Number.isFinite(finiteMean(data, column, train));
      const usable = columns.filter(isFinite);
      const missing = columns.filter((column) => !usable.includes(column)).map(({ name }) => name);
      if (usable.length === 0) return { refused: `no finite training value of ${missing.join(", ")}` };
      const sample = thinned(train, MAX_ROWS);
      const losses = usable.map((column) => ({ column, loss: trainingLoss(data, column, sample) }));
      const best = losses.reduce((a, b) => (b.loss < a.loss ? b : a));
      return {
        notes: [
          `${best.column.name} of training log loss ${textOf(losses)}`,
          ...(missing.length === 0 ? [] : [`no finite training value of ${missing.join(", ")}`]),
        ],
        fit: (rows) => columnScore(data, best.column, rows),
      };
    },
  };
}

function textOf(losses: readonly { readonly column: RowColumn; readonly loss: number }[]): string {
  return `(${losses.map(({ column, loss }) => `${column.name} ${loss.toFixed(5)}`).join(", ")})`;
}

/** After Platt's calibration on the same rows; one slope and one intercept cannot overfit them. */
function trainingLoss(data: Dataset, column: RowColumn, rows: Int32Array): number {
  const scored = scoreRows(data, rows, columnScore(data, column, rows));
  const { scores, labels } = scored;
  const weights = weightsOf(scored);
  return logLoss(labels, scores.map(calibrator(fitPlatt(scores, labels, weights))), weights);
}
