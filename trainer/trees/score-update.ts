// Adds the leaf values of a new tree to the scores of all rows, by their bins: in blocks, which any thread may take.
import { GROUP, MISSING_BIN } from "./bin-layout.ts";
import { LEAF, type Tree } from "./tree.ts";
import { NODE_FIELDS, type Workspace } from "./workspace.ts";

/** Fields of a node in `workspace.nodes`. */
const BINS_AT = 0;
const BIN = 1;
const MISSING_LEFT = 2;
const LEFT = 3;
const RIGHT = 4;

/** Puts a tree where all threads see it. @param thresholds per column, as the rows were binned. */
export function writeNodes(
  { nodes, leafValues, plan }: Workspace,
  tree: Tree,
  thresholds: readonly Float32Array[],
): void {
  tree.feature.forEach((column, node) => {
    const at = node * NODE_FIELDS;
    leafValues[node] = tree.value[node]!;
    nodes[at + BINS_AT] = LEAF;
    if (column === LEAF) return;
    const ends = thresholds[column]!;
    const bin = ends.indexOf(tree.threshold[node]!);
    nodes[at + BINS_AT] = Math.floor(column / GROUP) * plan.rowCount * GROUP + (column % GROUP);
    nodes[at + BIN] = bin < 0 ? ends.length : bin;
    nodes[at + MISSING_LEFT] = tree.missingLeft[node]!;
    nodes[at + LEFT] = tree.left[node]!;
    nodes[at + RIGHT] = tree.right[node]!;
  });
}

/** Adds the values of the tree of `writeNodes` to the scores of rows [from, to): what `treeValue` gives them. */
export function addLeafValues({ bins, nodes, leafValues, scores }: Workspace, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    let node = 0;
    for (let binsAt = nodes[0]!; binsAt !== LEAF; binsAt = nodes[node * NODE_FIELDS]!) {
      const at = node * NODE_FIELDS;
      const bin = bins[binsAt + GROUP * i]!;
      const goesLeft = bin === MISSING_BIN ? nodes[at + MISSING_LEFT] === 1 : bin <= nodes[at + BIN]!;
      node = nodes[at + (goesLeft ? LEFT : RIGHT)]!;
    }
    scores[i]! += leafValues[node]!;
  }
}
