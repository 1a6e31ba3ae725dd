// A sum of trees as a score.
import type { RowName } from "../../src/features/schema.ts";
import type { OnnxGraph } from "../artifact/onnx/graph.ts";
import { addTreeEnsemble } from "../artifact/onnx/tree-nodes.ts";
import type { DroppedColumn, Score } from "./score.ts";
import { ensembleScore, type TreeEnsemble } from "../trees/tree.ts";

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

  addTo(graph: OnnxGraph, input: string, prefix: string): string {
    return addTreeEnsemble(graph, this.ensemble, input, prefix);
  }
}
