// L2 logistic regression over standardised, imputed columns of a row, as a linear score of the raw row.
import { ROWS, type RowName } from "../../src/features/schema.ts";
import { columnStatistics, type ColumnStatistics } from "../rows/column-statistics.ts";
import type { Dataset } from "../rows/dataset.ts";
import { type Design, fitLogistic, type LogisticFit } from "./fit-logistic.ts";
import { LinearScore } from "../score/linear-score.ts";

export interface StandardisedLogistic {
  readonly score: LinearScore;
  /** In standardised units, to begin a fit of another strength from. */
  readonly fit: LogisticFit;
}

/** Which columns of which rows, and how much each row counts. */
export interface LogisticProblem {
  readonly data: Dataset;
  readonly row: RowName;
  readonly rows: Int32Array;
  /** Names of the columns to use; absent: all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** One per row; absent: 1 each. */
  readonly weights?: Float64Array | undefined;
}

/** A problem standardised, to be fitted under several strengths. */
export interface StandardisedProblem {
  readonly row: RowName;
  readonly statistics: ColumnStatistics;
  readonly design: Design;
}

export function standardisedProblem({ data, row, rows, only, weights }: LogisticProblem): StandardisedProblem {
  const statistics = columnStatistics(data, row, rows, only);
  const x = standardise(data, row, rows, statistics);
  const targets = Float64Array.from(rows, (k) => data.rows.label[k]!);
  return { row, statistics, design: { x, width: statistics.columns.length, targets, weights } };
}

/** @param strength as in `fitLogistic`; @param start a fit of the same problem under another strength. */
export function fitStandardisedLogistic(
  { row, statistics, design }: StandardisedProblem,
  strength: number,
  start?: LogisticFit,
): StandardisedLogistic {
  const { features, columns, mean, deviation, dropped } = statistics;
  const fit = fitLogistic(design, strength, start);
  const coefficient = deviation.map((d, j) => fit.weights[j]! / d);
  const bias = fit.intercept;
  return {
    score: new LinearScore({ row, features, columns, fill: mean, centre: mean, coefficient, bias, dropped }),
    fit,
  };
}

/** z = (x − mean) / deviation as rows [n × kept columns], 0 where x is missing. */
export function standardise(
  data: Dataset,
  row: RowName,
  rows: Int32Array,
  { columns, mean, deviation }: ColumnStatistics,
): Float64Array {
  const values = data.rows.values[row];
  const width = columns.length;
  const x = new Float64Array(rows.length * width);
  rows.forEach((k, i) => {
    for (let j = 0; j < width; j++) {
      const value = values[k * ROWS[row].length + columns[j]!]!;
      x[i * width + j] = value === value ? (value - mean[j]!) / deviation[j]! : 0;
    }
  });
  return x;
}
