// Finds the probability of a spike in a foreign model: the value of its graph, and the column of that value.
import { type AttributeProto, type GraphProto, type NodeProto, TensorProto_DataType, type TensorProto } from "onnx-buf";
import { UserError } from "../../command-line/user-error.ts";
import { elementType, shape } from "./model-input.ts";

export interface PositiveOutput {
  /** Name of a float tensor in the graph. */
  readonly value: string;
  /** Column of the positive class; `null` when the tensor holds nothing else. */
  readonly column: number | null;
}

const FLOATS: ReadonlySet<number | undefined> = new Set([TensorProto_DataType.FLOAT, TensorProto_DataType.DOUBLE]);
const CLASS_LABELS = ["classlabels_int64s", "classlabels_ints", "classlabels_strings"];

/** What the user says of the output; absent where the graph shall tell. */
export interface OutputChoice {
  readonly name?: string | undefined;
  /** From 0. */
  readonly column?: number | undefined;
}

/**
 * Finds the probability of class 1 (or `true`): the column of a classifier's probabilities, with or without `ZipMap`,
 * or a regressor's only column. Throws `UserError` for more than two classes, for labels other than 0 and 1 or false
 * and true, and for outputs that cannot be told apart, unless `choice` says which output and which column it is.
 */
export function positiveOutput(graph: GraphProto, choice: OutputChoice = {}): PositiveOutput {
  const labels = classLabels(graph);
  if (labels !== undefined && labels.length !== 2 && choice.column === undefined) {
    const advice = "or --column, the column of a spike from 0";
    throw new UserError(`classes: got ${labels.length} (${labels.join(", ")}), expected 2: spike or not; ${advice}`);
  }
  const column = (): number => choice.column ?? positiveColumn(labels);
  const zipMap = graph.node.find(({ opType }) => opType === "ZipMap");
  if (zipMap !== undefined && (choice.name === undefined || zipMap.output.includes(choice.name))) {
    return { value: zipMap.input[0] ?? "", column: column() };
  }
  const outputs = graph.output.filter(
    (output) => FLOATS.has(elementType(output)) && (choice.name === undefined || output.name === choice.name),
  );
  if (choice.name !== undefined && outputs.length === 0) {
    const known = graph.output.map(({ name }) => name).join(", ");
    throw new UserError(`--output: got ${choice.name}, expected one of the model's outputs of floats: ${known}`);
  }
  const names = graph.output.map(({ name }) => name).join(", ");
  // What skl2onnx makes of the option zipmap="columns": one output a class.
  const own = outputs.find(({ name }) => name === "i1");
  if (own !== undefined && outputs.length === 2 && outputs.some(({ name }) => name === "i0")) {
    return { value: own.name, column: null };
  }
  const [output] = outputs;
  if (output === undefined || outputs.length !== 1) {
    const advice = "convert with the probabilities as one tensor (zipmap=False), or name it: --output";
    throw new UserError(`outputs: got ${names}, expected exactly one tensor of floats; ${advice}`);
  }
  const dimensions = shape(output);
  const columns = dimensions?.length === 1 ? 1 : dimensions?.[1];
  if (choice.column !== undefined && columns !== undefined && choice.column >= columns) {
    throw new UserError(`--column: got ${choice.column}, expected 0 to ${columns - 1}: ${output.name} has ${columns}`);
  }
  if (columns === 1) return { value: output.name, column: null };
  if (choice.column !== undefined || columns === 2 || (columns === undefined && labels !== undefined)) {
    return { value: output.name, column: column() };
  }
  const advice = "or say which column is a spike's: --column";
  throw new UserError(
    `output ${output.name}: got ${columns ?? "unknown"} columns, expected 1, or 2 for two classes; ${advice}`,
  );
}

function positiveColumn(labels: readonly string[] | undefined): number {
  const advice = "train with the labels 0 and 1 (1: spike), or say which column is a spike's: --column";
  if (labels === undefined) throw new UserError(`classes: got two columns without class labels; ${advice}`);
  const low = labels.map((label) => label.toLowerCase());
  const column = Math.max(low.indexOf("1"), low.indexOf("true"));
  const negative = Math.max(low.indexOf("0"), low.indexOf("false"));
  if (column === -1 || negative === -1) {
    throw new UserError(`classes: got ${labels.join(", ")}, expected 0 and 1 or false and true; ${advice}`);
  }
  return column;
}

/**
 * Labels in the order of the columns: of `ZipMap`, else of the list that labels are looked up in, else of the model.
 */
function classLabels(graph: GraphProto): string[] | undefined {
  const zipMap = graph.node.find(({ opType }) => opType === "ZipMap");
  const looked = graph.node.find(({ opType, input }) => opType === "ArrayFeatureExtractor" && input[0] === "classes");
  const table = looked === undefined ? undefined : graph.initializer.find(({ name }) => name === "classes");
  const classifiers = graph.node.map(labelsOfNode).filter((labels) => labels !== undefined);
  return (zipMap && labelsOfNode(zipMap)) ?? (table && labelsOfTensor(table)) ?? classifiers[0];
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
