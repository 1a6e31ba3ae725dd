// Rows of the dataset as the trees take them: the kept columns of one of its rows, float32, missing as NaN.
import { ROWS, type RowName } from "../../src/features/schema.ts";
import type { FitContext } from "../candidates/candidate.ts";
import { columnStatistics, type ColumnStatistics } from "../rows/column-statistics.ts";
import type { Dataset } from "../rows/dataset.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import { monotoneDirection } from "../fit/monotone-direction.ts";
import type { TreeData } from "../trees/tree-data.ts";

/** The columns that the trees of some training rows use. */
export interface TreeColumns extends Pick<ColumnStatistics, "features" | "columns" | "dropped"> {
  readonly row: RowName;
  /** One constraint per column. */
  readonly monotone: Int8Array;
}

/** Columns with at least two different finite values in the rows. */
export function treeColumns({ data, row }: Pick<FitContext, "data" | "row">, rows: Int32Array): TreeColumns {
  const { features, columns, dropped } = columnStatistics(data, row, rows);
  return { row, features, columns, dropped, monotone: Int8Array.from(features, monotoneDirection) };
}

/** The same columns, constrained or not. */
export function constrainedOrFree(columns: TreeColumns, constrained: boolean): TreeColumns {
  return constrained ? columns : { ...columns, monotone: new Int8Array(columns.columns.length) };
}

/** Weighed by their symbols. @param target what to learn of row k: by default its label. */
export function treeData(
  data: Dataset,
  rows: Int32Array,
  { row, columns }: TreeColumns,
  target: (k: number) => number = (k) => data.rows.label[k]!,
): TreeData {
  const values = data.rows.values[row];
  const width = columns.length;
  const rowWidth = ROWS[row].length;
  const x = new Float32Array(rows.length * width);
  rows.forEach((k, i) => {
    for (let j = 0; j < width; j++) x[i * width + j] = values[k * rowWidth + columns[j]!]!;
  });
  const weights = symbolWeights(data, rows);
  return { x, width, targets: Float64Array.from(rows, target), ...(weights === undefined ? {} : { weights }) };
}
