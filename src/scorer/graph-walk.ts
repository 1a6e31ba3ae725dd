// Walks a graph from its outputs to its input, one expected operator at a time.
import { requireOwn } from "./not-own-graph.ts";
import type { AttributeValue, GraphConstant, GraphNode, OnnxGraph } from "./onnx-graph.ts";

const DOUBLE = 11;

/** Remembers what it took: a graph is known when nothing is left over. */
export class GraphWalk {
  readonly graph: OnnxGraph;
  private readonly taken = new Set<string>();

  constructor(graph: OnnxGraph) {
    this.graph = graph;
  }

  /** The operator that makes a value, `undefined` for the input and for constants. */
  opOf(name: string): string | undefined {
    return this.graph.nodes.get(name)?.op;
  }

  /** The inputs of the node that makes a value. Throws `NotOwnGraphError` unless it is exactly this one. */
  take(
    name: string,
    op: string,
    inputs: number,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): readonly string[] {
    const node = this.takeNode(name, op, inputs);
    const expected = Object.entries(attributes);
    const isSame =
      node.attributes.size === expected.length && expected.every(([key, value]) => node.attributes.get(key) === value);
    requireOwn(isSame, `${op}: other attributes`);
    return node.inputs;
  }

  /** As `take`, for a node whose attributes the caller reads. */
  takeNode(name: string, op: string, inputs: number): GraphNode {
    const node = this.graph.nodes.get(name);
    requireOwn(node !== undefined && node.op === op, `${name}: ${node?.op ?? "no node"} instead of ${op}`);
    requireOwn(node.inputs.length === inputs, `${op}: ${node.inputs.length} inputs`);
    // Parts may share columns, nothing else: a value that is read again and again would cost 2^n of n nodes.
    requireOwn(op === "Gather" || !this.taken.has(name), `${name}: used twice`);
    this.taken.add(name);
    return node;
  }

  /** The one input of a cast to float64. */
  takeDouble(name: string): string {
    return this.take(name, "Cast", 1, { to: DOUBLE })[0]!;
  }

  /** A float64 row [1, width]. */
  takeRow(name: string, width: number): Float64Array {
    const { dims, values } = this.takeConstant(name, true);
    const isRow = dims.length === 2 && dims[0] === 1 && dims[1] === width;
    requireOwn(isRow && values.every(Number.isFinite), `${name}: [${dims.join()}] instead of [1,${width}]`);
    return Float64Array.from(values);
  }

  /** A float64 row [1, 1]. */
  takeNumber(name: string): number {
    return this.takeRow(name, 1)[0]!;
  }

  /** A list of int64, or a single one without dimensions. */
  takeIntegers(name: string, isScalar = false): readonly number[] {
    const { dims, values } = this.takeConstant(name, false);
    requireOwn(dims.length === (isScalar ? 0 : 1), `${name}: ${dims.length} dimensions`);
    return values;
  }

  isConstant(name: string): boolean {
    return this.graph.constants.has(name);
  }

  /** Throws `NotOwnGraphError` if a node or a constant was never taken. */
  requireNothingLeft(): void {
    for (const name of [...this.graph.nodes.keys(), ...this.graph.constants.keys()]) {
      requireOwn(this.taken.has(name), `${name}: not part of the model`);
    }
  }

  private takeConstant(name: string, isDouble: boolean): GraphConstant {
    const constant = this.graph.constants.get(name);
    requireOwn(constant !== undefined && constant.isDouble === isDouble, `${name}: no constant of its type`);
    this.taken.add(name);
    return constant;
  }
}
