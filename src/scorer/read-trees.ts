// The attributes of a `TreeEnsembleRegressor` as the trainer writes them: one target, x ≤ threshold goes left.
import { requireOwn } from "./not-own-graph.ts";
import type { AttributeValue } from "./onnx-graph.ts";
import type { TreeNodes } from "./tree-part.ts";

export const TREES_OP = "ai.onnx.ml:TreeEnsembleRegressor";

type Attributes = ReadonlyMap<string, AttributeValue>;

const ATTRIBUTES = 14;

/**
 * @param columns places in the model's input of the columns that the trees count. Throws `NotOwnGraphError` unless
 * every tree begins with node 0, counts its nodes without gaps and has children behind their parents.
 */
export function readTreeNodes(attributes: Attributes, columns: Int32Array): TreeNodes {
  requireOwn(attributes.size === ATTRIBUTES, `${TREES_OP}: ${attributes.size} attributes`);
  const isSum = attributes.get("n_targets") === 1 && attributes.get("post_transform") === "NONE";
  requireOwn(isSum, `${TREES_OP}: more than a sum`);
  const modes = attributes.get("nodes_modes");
  requireOwn(Array.isArray(modes), "nodes_modes");
  const count = modes.length;
  const trees = integers(attributes, "nodes_treeids", count);
  const roots = rootsOf(trees, integers(attributes, "nodes_nodeids", count));
  const features = integers(attributes, "nodes_featureids", count);
  const lefts = integers(attributes, "nodes_truenodeids", count);
  const rights = integers(attributes, "nodes_falsenodeids", count);
  const missing = integers(attributes, "nodes_missing_value_tracks_true", count);
  requireOwn(
    missing.every((way) => way === 0 || way === 1),
    "nodes_missing_value_tracks_true",
  );
  const nodes = {
    column: new Int32Array(count).fill(-1),
    threshold: floats(attributes, "nodes_values", count),
    left: new Int32Array(count),
    right: new Int32Array(count),
    missingLeft: Uint8Array.from(missing),
    value: new Float32Array(count),
    roots: Int32Array.from(roots),
  };
  for (let k = 0; k < count; k++) {
    if (modes[k] === "LEAF") continue;
    requireOwn(modes[k] === "BRANCH_LEQ", "nodes_modes: another branch");
    const tree = trees[k]!;
    const child = (place: number): number => {
      const at = roots[tree]! + place;
      requireOwn(at > k && trees[at] === tree, "a child that is not behind its parent");
      return at;
    };
    nodes.left[k] = child(lefts[k]!);
    nodes.right[k] = child(rights[k]!);
    const column = columns[features[k]!];
    requireOwn(column !== undefined, "nodes_featureids: a column that is not there");
    nodes.column[k] = column;
    requireOwn(!Number.isNaN(nodes.threshold[k]), "nodes_values: NaN");
  }
  fillLeaves(nodes, attributes);
  return nodes;
}

/** Places of the nodes 0. */
function rootsOf(trees: readonly number[], places: readonly number[]): number[] {
  const roots: number[] = [];
  trees.forEach((tree, k) => {
    if (tree === roots.length) roots.push(k);
    const isNext = tree === roots.length - 1 && places[k] === k - roots[tree]!;
    requireOwn(isNext, "nodes_nodeids: a gap");
  });
  return roots;
}

function fillLeaves({ column, value, roots }: TreeNodes, attributes: Attributes): void {
  const leaves = column.reduce((count, j) => count + (j < 0 ? 1 : 0), 0);
  const trees = integers(attributes, "target_treeids", leaves);
  const places = integers(attributes, "target_nodeids", leaves);
  const weights = floats(attributes, "target_weights", leaves);
  requireOwn(
    integers(attributes, "target_ids", leaves).every((target) => target === 0),
    "target_ids",
  );
  let last = -1;
  for (let i = 0; i < leaves; i++) {
    const at = roots[trees[i]!]! + places[i]!;
    // In rising order, so that no leaf is meant twice.
    requireOwn(at > last && column[at] === -1, "target_nodeids: not the leaves in order");
    value[at] = weights[i]!;
    last = at;
  }
}

function integers(attributes: Attributes, name: string, count: number): readonly number[] {
  const list = attributes.get(name);
  requireOwn(Array.isArray(list) && list.length === count, name);
  return list.map((value: unknown) => {
    requireOwn(typeof value === "number" && Number.isSafeInteger(value), name);
    return value;
  });
}

function floats(attributes: Attributes, name: string, count: number): Float32Array {
  const list = attributes.get(name);
  requireOwn(list instanceof Float32Array && list.length === count, name);
  return list;
}
