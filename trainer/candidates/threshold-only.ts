// Nearly only the threshold: the volatility of 900 steps against it. Shows how much of the lift comes from τ, which is
// in both the features and the label.
import type { Candidate } from "./candidate.ts";
import { columnScore, finiteMean, rowColumn } from "./column-score.ts";
import { refusalWithoutRow } from "./refusal-without-row.ts";

const COLUMN = rowColumn("default-1", "rv_900_over_tau");

export const thresholdOnly: Candidate = {
  family: "threshold-only",
  baseline: true,
  calibrateOn: "training-rows",
  prepare({ data }, train) {
    const refusal = refusalWithoutRow(data, COLUMN.row);
    if (refusal !== undefined) return refusal;
    if (Number.isNaN(finiteMean(data, COLUMN, train))) return { refused: `no finite training value of ${COLUMN.name}` };
    return { notes: [], fit: (rows) => columnScore(data, COLUMN, rows) };
  },
};
