// A sum of trees as a score.
import type { RowName } from "../../src/features/schema.ts";
import type { OnnxGraph } from "../artifact/onnx/graph.ts";
import { addTreeEnsemble } from "../artifact/onnx/tree-nodes.ts";
import type { DroppedColumn, Score } from "./score.ts";
import { ensembleScore, type TreeEnsemble, treeValue } from "../trees/tree.ts";

/** Rows that are scored together: their columns and one tree fit into a processor's second cache. */
const BLOCK_ROWS = 512;

/** What a `TreeScore` is made of; the ensemble's columns count along `features`. */
export interface TreeScoreParts {
  readonly row: RowName;
  readonly features: readonly string[];
  /** Place of each feature in its row. */
  readonly columns: readonly number[];
  readonly dropped: readonly DroppedColumn[];
  /** Per feature the direction that was imposed; absent: none. */
  readonly monotone?: Int8Array;
  readonly ensemble: TreeEnsemble;
}

/** The score of `ensembleScore` on the kept columns of a row; `addTo` makes nodes that give the same bits. */
export class TreeScore implements Score {
  readonly row: RowName;
  readonly features: readonly string[];
  readonly columns: readonly number[];
  readonly dropped: readonly DroppedColumn[];
  readonly monotone: Int8Array;
  readonly ensemble: TreeEnsemble;
  private readonly kept: Float32Array;

  /** @throws RangeError unless there is one column per feature. */
  constructor({ row, features, columns, dropped, monotone, ensemble }: TreeScoreParts) {
    if (columns.length !== features.length) {
      throw new RangeError(`columns: got ${columns.length}, expected one per feature, ${features.length}`);
    }
    this.row = row;
    this.features = features;
    this.columns = columns;
    this.dropped = dropped;
    this.monotone = monotone ?? new Int8Array(columns.length);
    this.ensemble = ensemble;
    this.kept = new Float32Array(columns.length);
  }

  scoreRow(values: Float32Array, offset: number): number {
    const { kept, columns } = this;
    for (let j = 0; j < columns.length; j++) kept[j] = values[offset + columns[j]!]!;
    return ensembleScore(this.ensemble, kept, 0);
  }

  /** Block by block, tree by tree: a tree stays in the processor's cache for all rows of a block. */
  scoreRows(values: Float32Array, rows: Int32Array, rowWidth: number): Float64Array {
    const { columns, ensemble } = this;
    const width = columns.length;
    const block = new Float32Array(BLOCK_ROWS * width);
    const sums = new Float32Array(BLOCK_ROWS);
    const scores = new Float64Array(rows.length);
    for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rows.length - from);
      for (let i = 0; i < count; i++) {
        const offset = rows[from + i]! * rowWidth;
        for (let j = 0; j < width; j++) block[i * width + j] = values[offset + columns[j]!]!;
      }
      sums.fill(0);
      for (const tree of ensemble.trees) {
        for (let i = 0; i < count; i++) sums[i]! += treeValue(tree, block, i * width);
      }
      for (let i = 0; i < count; i++) scores[from + i] = ensemble.base + sums[i]!;
    }
    return scores;
  }

  addTo(graph: OnnxGraph, input: string, prefix: string): string {
    return addTreeEnsemble(graph, this.ensemble, input, prefix);
  }
}
