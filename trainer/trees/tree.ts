// A fitted tree as a struct of arrays, sums of trees, and functions of them that need no training rows.

/** `feature` of a leaf. */
export const LEAF = -1;

/** A binary tree; node 0 is the root, and every list runs over the nodes. */
export interface Tree {
  /** Column that the node splits on, or `LEAF`. */
  readonly feature: Int32Array;
  /** float32; x ≤ threshold goes left. Infinity parts missing values from all others. */
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** float32 value of a leaf; 0 elsewhere. */
  readonly value: Float32Array;
  /** What the split gained, in twice the training loss; 0 at leaves. */
  readonly gain: Float64Array;
}

/** Score of a row = `base` + the float32 sum of the trees' leaf values, added in order from 0. */
export interface TreeEnsemble {
  readonly trees: readonly Tree[];
  readonly base: number;
}

/** The leaf value of the float32 row that begins at `offset` of `x`. */
export function treeValue(tree: Tree, x: Float32Array, offset: number): number {
  const { feature, threshold, left, right, missingLeft, value } = tree;
  let node = 0;
  for (let column = feature[0]!; column !== LEAF; column = feature[node]!) {
    const at = x[offset + column]!;
    const goesLeft = at === at ? at <= threshold[node]! : missingLeft[node] === 1;
    node = goesLeft ? left[node]! : right[node]!;
  }
  return value[node]!;
}

/** The score of the float32 row at `offset`: what onnxruntime's `TreeEnsembleRegressor` adds up, bit for bit. */
export function ensembleScore({ trees, base }: TreeEnsemble, x: Float32Array, offset: number): number {
  let sum = 0;
  for (const tree of trees) sum = Math.fround(sum + treeValue(tree, x, offset));
  return base + sum;
}

/**
 * The first trees of a boosted ensemble. Not for a forest, whose leaves are divided by the number of all its trees.
 * @param trees how many, at most all. @throws RangeError when it is not a whole number from 0 on.
 */
export function truncated({ trees, base }: TreeEnsemble, count: number): TreeEnsemble {
  if (!(Number.isInteger(count) && count >= 0))
    throw new RangeError(`count: got ${count}, expected a whole number ≥ 0`);
  return { trees: trees.slice(0, count), base };
}

/** The ensemble whose score is `factor` times this one's, a power of two, so that no bit is lost. */
export function scaled({ trees, base }: TreeEnsemble, factor: number): TreeEnsemble {
  if (!Number.isInteger(Math.log2(factor))) throw new RangeError(`factor: got ${factor}, expected a power of two`);
  return { trees: trees.map((tree) => ({ ...tree, value: tree.value.map((v) => factor * v) })), base: factor * base };
}

/** Per column, the sum of the gains of the splits on it: LightGBM's importance of type "gain". */
export function featureGains({ trees }: TreeEnsemble, width: number): Float64Array {
  const gains = new Float64Array(width);
  for (const { feature, gain } of trees) {
    feature.forEach((column, node) => {
      if (column !== LEAF) gains[column]! += gain[node]!;
    });
  }
  return gains;
}
