// A score that is linear in imputed, centred columns; the ONNX nodes compute the same operations in the same order.
import { TensorProto_DataType } from "onnx-buf";
import type { RowName } from "../../src/features/schema.ts";
import type { OnnxGraph } from "../artifact/onnx/graph.ts";
import type { DroppedColumn, Score } from "./score.ts";

/** The numbers of a linear score; the lists run over `features`. */
export interface LinearTerms {
  readonly row: RowName;
  readonly features: readonly string[];
  /** Place of each feature in its row. */
  readonly columns: readonly number[];
  readonly fill: readonly number[];
  readonly centre: readonly number[];
  readonly coefficient: readonly number[];
  readonly bias: number;
  readonly dropped: readonly DroppedColumn[];
}

/**
 * score = bias + Σ coefficient_j · ((x_j or, when it is NaN, fill_j) − centre_j), in float64, summed from left to
 * right.
 *
 * Example: one column with fill 2, centre 1, coefficient 3 and bias ½: x = 2 and x = NaN both score 3.5.
 */
export class LinearScore implements Score {
  readonly terms: LinearTerms;

  constructor(terms: LinearTerms) {
    this.terms = terms;
  }

  get row(): RowName {
    return this.terms.row;
  }

  get features(): readonly string[] {
    return this.terms.features;
  }

  get columns(): readonly number[] {
    return this.terms.columns;
  }

  get dropped(): readonly DroppedColumn[] {
    return this.terms.dropped;
  }

  scoreRow(values: Float32Array, offset: number): number {
    const { columns, fill, centre, coefficient, bias } = this.terms;
    let sum = 0;
    for (let j = 0; j < columns.length; j++) {
      const x = values[offset + columns[j]!]!;
      sum += coefficient[j]! * ((x === x ? x : fill[j]!) - centre[j]!);
    }
    return sum + bias;
  }

  scoreRows(values: Float32Array, rows: Int32Array, rowWidth: number): Float64Array {
    const scores = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) scores[i] = this.scoreRow(values, rows[i]! * rowWidth);
    return scores;
  }

  /**
   * A row's bits must not depend on how many rows are scored with it. `ReduceSum` is out: in native onnxruntime 1.32
   * its order of summation follows the row's alignment in memory (24 % of 33-column rows differ between N = 1 and N =
   * 2). Matrix products may take another kernel for N = 1. `CumSum` adds from left to right by definition, which is
   * also the trainer's order, so the last running sum is the same on every runtime; in float64 the rest is one rounding
   * away. Measured bit-identical for N = 1 … 1003 in onnxruntime-web 1.30 and native 1.32, at 2 µs more per run than
   * `MatMul`.
   */
  addTo(graph: OnnxGraph, input: string, prefix: string): string {
    const { fill, centre, coefficient, bias } = this.terms;
    const name = (suffix: string): string => prefix + suffix;
    const raw = graph.node("Cast", [input], name("raw"), { to: TensorProto_DataType.DOUBLE });
    const missing = graph.node("IsNaN", [raw], name("missing"));
    const imputed = graph.node("Where", [missing, graph.doubles(name("fill"), fill), raw], name("imputed"));
    const centred = graph.node("Sub", [imputed, graph.doubles(name("centre"), centre)], name("centred"));
    const terms = graph.node("Mul", [graph.doubles(name("coefficient"), coefficient), centred], name("terms"));
    const sums = graph.node("CumSum", [terms, graph.integer(name("columns_axis"), 1)], name("running_sums"));
    const end = fill.length;
    const last = [
      graph.integers(name("last"), [end - 1]),
      graph.integers(name("end"), [end]),
      graph.integers(name("axes"), [1]),
    ];
    const sum = graph.node("Slice", [sums, ...last], name("sum"));
    return graph.node("Add", [sum, graph.doubles(name("bias"), [bias])], name("score"));
  }
}
