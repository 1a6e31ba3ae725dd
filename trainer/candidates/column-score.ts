// A score that is one column of a row as it stands.
import { ROWS, type RowName } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import { LinearScore } from "../score/linear-score.ts";

/** One column of a row. */
export interface RowColumn {
  readonly row: RowName;
  readonly name: string;
  /** Place among the row's columns. */
  readonly place: number;
}

/** Throws `RangeError` for a name that the row does not have. */
export function rowColumn(row: RowName, name: string): RowColumn {
  const place = ROWS[row].findIndex((column) => column.name === name);
  if (place < 0) throw new RangeError(`column: got ${name}, expected one of ${row}`);
  return { row, name, place };
}

/** Mean of the column's finite values over rows of the dataset; `NaN` without one. */
export function finiteMean(data: Dataset, { row, place }: RowColumn, rows: Int32Array): number {
  const values = data.rows.values[row];
  const width = ROWS[row].length;
  let sum = 0;
  let count = 0;
  for (const k of rows) {
    const x = values[k * width + place]!;
    if (!Number.isFinite(x)) continue;
    sum += x;
    count += 1;
  }
  return sum / count;
}

/** The column as it stands; a missing value is the mean over `rows`, or 0 where these have none. */
export function columnScore(data: Dataset, column: RowColumn, rows: Int32Array): LinearScore {
  const mean = finiteMean(data, column, rows);
  return new LinearScore({
    row: column.row,
    features: [column.name],
    columns: [column.place],
    fill: [Number.isNaN(mean) ? 0 : mean],
    centre: [0],
    coefficient: [1],
    bias: 0,
    dropped: [],
  });
}
