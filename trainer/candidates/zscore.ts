// The baseline of the system that volgate replaces: the plain mean of its ten features, standardised on the training
// rows, with no feature's sign changed.
import { columnStatistics } from "../rows/column-statistics.ts";
import { LinearScore } from "../score/linear-score.ts";
import type { Candidate, CandidateRefusal, FitContext, PreparedCandidate } from "./candidate.ts";

/** A missing value counts as the training mean, z = 0. */
export const zscore: Candidate = {
  family: "zscore",
  baseline: true,
  calibrateOn: "training-rows",
  prepare({ data }: FitContext, train: Int32Array): PreparedCandidate | CandidateRefusal {
    if (columnStatistics(data, "peer-10", train).columns.length === 0) return { refused: "no usable column" };
    return {
      notes: [],
      fit: (rows) => {
        const { features, columns, mean, deviation, dropped } = columnStatistics(data, "peer-10", rows);
        const coefficient = deviation.map((d) => 1 / (columns.length * d));
        const terms = { features, columns, fill: mean, centre: mean, coefficient, bias: 0, dropped };
        return new LinearScore({ row: "peer-10", ...terms });
      },
    };
  },
};
