// A tree under construction.
import { LEAF, type Tree } from "./tree.ts";

interface Node {
  readonly feature: number;
  readonly threshold: number;
  readonly left: number;
  readonly right: number;
  readonly missingLeft: number;
  readonly gain: number;
}

const NEW_LEAF: Node = { feature: LEAF, threshold: 0, left: 0, right: 0, missingLeft: 0, gain: 0 };

/** Nodes in the order of their creation; each is a leaf until it is split. */
export class TreeBuilder {
  private readonly nodes: Node[] = [];

  /** Adds a leaf and returns its number. */
  addLeaf(): number {
    return this.nodes.push(NEW_LEAF) - 1;
  }

  /** Makes an inner node of a leaf. */
  split(node: number, parts: Node): void {
    this.nodes[node] = parts;
  }

  /** The tree, with the float32 values of its leaves by node. */
  finish(values: ReadonlyMap<number, number>): Tree {
    const { nodes } = this;
    return {
      feature: Int32Array.from(nodes, ({ feature }) => feature),
      threshold: Float32Array.from(nodes, ({ threshold }) => threshold),
      left: Int32Array.from(nodes, ({ left }) => left),
      right: Int32Array.from(nodes, ({ right }) => right),
      missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => missingLeft),
      value: Float32Array.from(nodes, (_, node) => values.get(node) ?? 0),
      gain: Float64Array.from(nodes, ({ gain }) => gain),
    };
  }
}
