// Names in a graph: renaming a value everywhere it is used, and dropping what no output needs. Both look into the
// graphs inside `If` and `Loop`, which may use values from outside.
import type { GraphProto, NodeProto } from "onnx-buf";

/** Renames values in place. */
export function renameValues(graph: GraphProto, names: ReadonlyMap<string, string>): void {
  const renamed = (name: string): string => names.get(name) ?? name;
  for (const named of [graph.input, graph.output, graph.initializer, graph.valueInfo].flat()) {
    named.name = renamed(named.name);
  }
  for (const node of graph.node) {
    node.input = node.input.map(renamed);
    node.output = node.output.map(renamed);
    for (const inner of innerGraphs(node)) renameValues(inner, names);
  }
}

/**
 * Removes, in place, nodes and constants that the graph's outputs do not depend on. Nodes must be in order, as ONNX
 * says.
 */
export function dropUnused(graph: GraphProto): void {
  const needed = new Set(graph.output.map(({ name }) => name));
  const kept: NodeProto[] = [];
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    kept.push(node);
    for (const name of usedBy(node)) needed.add(name);
  }
  graph.node = kept.reverse();
  graph.initializer = graph.initializer.filter(({ name }) => needed.has(name));
  graph.sparseInitializer = graph.sparseInitializer.filter(({ values }) => needed.has(values?.name ?? ""));
}

function usedBy(node: NodeProto): string[] {
  const inside = innerGraphs(node).flatMap((graph) => [
    ...graph.node.flatMap(usedBy),
    ...graph.output.map(({ name }) => name),
  ]);
  return [...node.input, ...inside];
}

function innerGraphs(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
}
