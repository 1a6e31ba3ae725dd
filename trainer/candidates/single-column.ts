// A candidate whose score is one column of `default-1` as it stands: only the calibration is learned.
import { DEFAULT_1 } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import { LinearScore } from "../score/linear-score.ts";
import type { Score } from "../score/score.ts";
import type { Candidate, CandidateRefusal, FitContext, PreparedCandidate } from "./candidate.ts";

/** @param column a name of `default-1`; a missing value is filled with the mean of the training rows. */
export function singleColumn(family: string, column: string): Candidate {
  const place = DEFAULT_1.findIndex(({ name }) => name === column);
  if (place < 0) throw new RangeError(`column: got ${column}, expected one of default-1`);
  return {
    family,
    baseline: true,
    calibrateOn: "training-rows",
    prepare({ data }: FitContext, train: Int32Array): PreparedCandidate | CandidateRefusal {
      if (Number.isNaN(finiteMean(data, place, train))) return { refused: `${column} has no finite training value` };
      return {
        notes: [],
        fit: (rows: Int32Array): Score => {
          const mean = finiteMean(data, place, rows);
          return new LinearScore({
            row: "default-1",
            features: [column],
            columns: [place],
            fill: [Number.isNaN(mean) ? 0 : mean],
            centre: [0],
            coefficient: [1],
            bias: 0,
            dropped: [],
          });
        },
      };
    },
  };
}

function finiteMean(data: Dataset, column: number, rows: Int32Array): number {
  const values = data.rows.values["default-1"];
  let sum = 0;
  let count = 0;
  for (const k of rows) {
    const x = values[k * DEFAULT_1.length + column]!;
    if (!Number.isFinite(x)) continue;
    sum += x;
    count += 1;
  }
  return sum / count;
}
