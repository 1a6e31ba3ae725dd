// What every family of models has in common once it is fitted: a score per row, and the same score as ONNX nodes.
import type { RowName } from "../../src/features/schema.ts";
import type { OnnxGraph } from "../artifact/onnx/graph.ts";

/** A column left out of a model, and why. */
export interface DroppedColumn {
  readonly name: string;
  readonly reason: string;
}

/** A fitted score: a real number per row, higher for a likelier spike. Calibration makes a probability of it. */
export interface Score {
  readonly row: RowName;
  /** Columns that it takes, in the order of the graph's input. */
  readonly features: readonly string[];
  /** Place of each feature in its row. */
  readonly columns: readonly number[];
  /** Columns of the row that it does not take. */
  readonly dropped: readonly DroppedColumn[];
  /** The score of the row that begins at `offset` of float32 rows with all columns of the row. */
  scoreRow(values: Float32Array, offset: number): number;
  /** Bit for bit the scores of many rows, by their places; `rowWidth` is the number of the row's columns. */
  scoreRows(values: Float32Array, rows: Int32Array, rowWidth: number): Float64Array;
  /**
   * Adds nodes that compute the score of a batch.
   * @param input name of a float32 value [N, features.length], `NaN` for missing.
   * @param prefix put before the names of all new values.
   * @returns the name of a float64 value [N, 1].
   */
  addTo(graph: OnnxGraph, input: string, prefix: string): string;
}
