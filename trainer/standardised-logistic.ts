// L2 logistic regression over standardised, imputed columns of a row, as a linear score of the raw row.
import { ROWS, type RowName } from "../src/features/schema.ts";
import { columnStatistics, type ColumnStatistics } from "./column-statistics.ts";
import type { Dataset } from "./dataset.ts";
import { type Design, fitLogistic, type LogisticFit } from "./l2-logistic.ts";
import type { LinearScore } from "./linear-score.ts";

export interface StandardisedLogistic {
  readonly score: LinearScore;
  /** In standardised units, to begin a fit of another strength from. */
  readonly fit: LogisticFit;
}

/** @param strength as in `fitLogistic`; @param start a fit of the same rows under another strength. */
export function fitStandardisedLogistic(
  data: Dataset,
  row: RowName,
  rows: Int32Array,
  strength: number,
  start?: LogisticFit,
): StandardisedLogistic {
  const statistics = columnStatistics(data, row, rows);
  const fit = fitLogistic(standardise(data, row, rows, statistics), strength, start);
  const { features, columns, mean, deviation, dropped } = statistics;
  const coefficient = deviation.map((d, j) => fit.weights[j]! / d);
  return {
    score: { row, features, columns, fill: mean, centre: mean, coefficient, bias: fit.intercept, dropped },
    fit,
  };
}

/** z = (x − mean) / deviation, 0 where x is missing. */
function standardise(data: Dataset, row: RowName, rows: Int32Array, statistics: ColumnStatistics): Design {
  const { columns, mean, deviation } = statistics;
  const values = data.rows.values[row];
  const width = columns.length;
  const x = new Float64Array(rows.length * width);
  const targets = new Float64Array(rows.length);
  rows.forEach((k, i) => {
    targets[i] = data.rows.label[k]!;
    for (let j = 0; j < width; j++) {
      const value = values[k * ROWS[row].length + columns[j]!]!;
      x[i * width + j] = value === value ? (value - mean[j]!) / deviation[j]! : 0;
    }
  });
  return { x, width, targets };
}
