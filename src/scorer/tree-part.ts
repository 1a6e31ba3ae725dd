import type { ScorePart } from "./score-part.ts";

/** All nodes of all trees; the lists run over the nodes, and children stand behind their parents. */
export interface TreeNodes {
  /** Place in the model's input that the node splits on, −1 for a leaf. */
  readonly column: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** Of a leaf. */
  readonly value: Float32Array;
  /** The root of each tree. */
  readonly roots: Int32Array;
}

/** The float32 sum of the leaves, added in the order of the trees from 0, then `base` in float64. */
export class TreePart implements ScorePart {
  private readonly nodes: TreeNodes;
  private readonly base: number;
  private sums = new Float32Array(1);

  constructor(nodes: TreeNodes, base: number) {
    this.nodes = nodes;
    this.base = base;
  }

  /** Tree by tree: a tree stays in the processor's cache for all rows. */
  scoreInto(rows: Float32Array, width: number, count: number, out: Float64Array): void {
    const { column, threshold, left, right, missingLeft, value, roots } = this.nodes;
    if (this.sums.length < count) this.sums = new Float32Array(count);
    const { sums, base } = this;
    sums.fill(0, 0, count);
    for (const root of roots) {
      for (let i = 0, at = 0; i < count; i++, at += width) {
        let node = root;
        for (let j = column[node]!; j >= 0; j = column[node]!) {
          const x = rows[at + j]!;
          node = x <= threshold[node]! || (x !== x && missingLeft[node] === 1) ? left[node]! : right[node]!;
        }
        sums[i]! += value[node]!;
      }
    }
    for (let i = 0; i < count; i++) out[i] = sums[i]! + base;
  }
}
