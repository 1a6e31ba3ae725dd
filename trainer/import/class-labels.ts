// The class labels of a foreign classifier, in the order of the columns of its probabilities.
import { type AttributeProto, type GraphProto, type NodeProto, TensorProto_DataType, type TensorProto } from "onnx-buf";
import { elementType } from "./model-input.ts";

const CLASS_LABELS = ["classlabels_int64s", "classlabels_ints", "classlabels_strings"];
const LABEL_TYPES: ReadonlySet<number | undefined> = new Set([
  TensorProto_DataType.INT32,
  TensorProto_DataType.INT64,
  TensorProto_DataType.STRING,
]);
/** Operators that hand labels on as they are. */
const HAND_ON: ReadonlySet<string> = new Set(["Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"]);

/**
 * The labels of `ZipMap`, else those behind the graph's output of labels: an ensemble's own, not its members'. Where
 * neither tells, every list in the graph that differs from the others: more than one cannot be told apart.
 */
export function classLabels(graph: GraphProto): string[][] {
  const zipMap = graph.node.find(({ opType }) => opType === "ZipMap");
  const own = (zipMap && labelsOfNode(zipMap)) ?? labelsOfOutput(graph);
  if (own !== undefined) return [own];
  const lists = graph.node.map((node) => labelsOfNode(node) ?? lookedUp(graph, node));
  return [...new Map(lists.filter((list) => list !== undefined).map((list) => [JSON.stringify(list), list])).values()];
}

/** `undefined` without exactly one output of labels, and where they are computed in another way. */
function labelsOfOutput(graph: GraphProto): string[] | undefined {
  const [output, another] = graph.output.filter((value) => LABEL_TYPES.has(elementType(value)));
  if (output === undefined || another !== undefined) return undefined;
  let { name } = output;
  // Each step goes to an earlier node; damaged files may have circles.
  for (let steps = 0; steps <= graph.node.length; steps++) {
    const node = graph.node.find((one) => one.output.includes(name));
    if (node === undefined) return undefined;
    const labels = labelsOfNode(node) ?? lookedUp(graph, node);
    if (labels !== undefined || !HAND_ON.has(node.opType)) return labels;
    name = node.input[0] ?? "";
  }
  return undefined;
}

/** The constant list from which a node takes labels by their index. */
function lookedUp({ initializer }: GraphProto, { opType, input }: NodeProto): string[] | undefined {
  const table = opType === "ArrayFeatureExtractor" ? initializer.find(({ name }) => name === input[0]) : undefined;
  return table && labelsOfTensor(table);
}

function labelsOfNode(node: NodeProto): string[] | undefined {
  const found = node.attribute.find(({ name, ...rest }) => CLASS_LABELS.includes(name) && size(rest) > 0);
  if (found === undefined) return undefined;
  const { ints, strings } = found;
  return ints.length > 0 ? ints.map(String) : strings.map((text) => new TextDecoder().decode(text));
}

function size({ ints, strings }: Pick<AttributeProto, "ints" | "strings">): number {
  return ints.length + strings.length;
}

/** `undefined` for tensors of other types than whole numbers and texts. */
function labelsOfTensor(tensor: TensorProto): string[] | undefined {
  const { dataType, rawData, int32Data, int64Data, stringData } = tensor;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  if (dataType === TensorProto_DataType.STRING) return stringData.map((text) => new TextDecoder().decode(text));
  if (dataType === TensorProto_DataType.INT32) {
    const raw = Array.from({ length: rawData.length / 4 }, (_, i) => view.getInt32(i * 4, true));
    return [...raw, ...int32Data].map(String);
  }
  if (dataType !== TensorProto_DataType.INT64) return undefined;
  const raw = Array.from({ length: rawData.length / 8 }, (_, i) => view.getBigInt64(i * 8, true));
  return [...raw, ...int64Data].map(String);
}
