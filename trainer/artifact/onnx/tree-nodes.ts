// Trees as ONNX nodes that branch and add exactly as the trainer does.
import { TensorProto_DataType } from "onnx-buf";
import { LEAF, type Tree, type TreeEnsemble } from "../../trees/tree.ts";
import { ML_DOMAIN, type OnnxGraph } from "./graph.ts";

/**
 * Adds the score of an ensemble: the float32 sum of the leaves, then `base` in float64. onnxruntime adds the leaves in
 * the order of the trees, in float32 and from 0, so the score has the bits of `ensembleScore`; `base` is not passed as
 * the operator's `base_values`, which would be rounded to float32 and added inside.
 * @param input name of a float32 value [N, F], `NaN` for missing; the trees' columns count along F.
 * @param prefix put before the names of the new values.
 * @returns the name of a float64 value [N, 1]. An ensemble without trees scores `base` for every row.
 */
export function addTreeEnsemble(
  graph: OnnxGraph,
  { trees, base }: TreeEnsemble,
  input: string,
  prefix: string,
): string {
  const grown = trees.length > 0 ? trees : [SILENT];
  const sum = graph.node("TreeEnsembleRegressor", [input], `${prefix}leaves`, treeAttributes(grown), ML_DOMAIN);
  const exact = graph.node("Cast", [sum], `${prefix}leaves_double`, { to: TensorProto_DataType.DOUBLE });
  return graph.node("Add", [exact, graph.doubles(`${prefix}base`, [base])], `${prefix}score`);
}

/** One leaf of value 0, because the operator requires at least one tree. */
const SILENT: Tree = {
  feature: Int32Array.of(LEAF),
  threshold: new Float32Array(1),
  left: new Int32Array(1),
  right: new Int32Array(1),
  missingLeft: new Uint8Array(1),
  value: new Float32Array(1),
  gain: new Float64Array(1),
};

function treeAttributes(trees: readonly Tree[]): Record<string, number | string | string[] | number[] | Float32Array> {
  const perNode = (pick: (tree: Tree, node: number, k: number) => number): number[] =>
    trees.flatMap((tree, k) => Array.from(tree.feature, (_, node) => pick(tree, node, k)));
  const leaves = trees
    .flatMap((tree, k) => Array.from(tree.feature, (column, node) => ({ k, node, column, value: tree.value[node]! })))
    .filter(({ column }) => column === LEAF);
  return {
    n_targets: 1,
    post_transform: "NONE",
    nodes_treeids: perNode((_, __, k) => k),
    nodes_nodeids: perNode((_, node) => node),
    nodes_featureids: perNode(({ feature }, node) => Math.max(0, feature[node]!)),
    nodes_modes: trees.flatMap(({ feature }) =>
      Array.from(feature, (column) => (column === LEAF ? "LEAF" : "BRANCH_LEQ")),
    ),
    nodes_values: Float32Array.from(perNode(({ threshold }, node) => threshold[node]!)),
    nodes_truenodeids: perNode(({ left }, node) => left[node]!),
    nodes_falsenodeids: perNode(({ right }, node) => right[node]!),
    nodes_missing_value_tracks_true: perNode(({ missingLeft }, node) => missingLeft[node]!),
    target_treeids: leaves.map(({ k }) => k),
    target_nodeids: leaves.map(({ node }) => node),
    target_ids: leaves.map(() => 0),
    target_weights: Float32Array.from(leaves, ({ value }) => value),
  };
}
