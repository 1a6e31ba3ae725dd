// Finds the probability of a spike in a foreign model: the value of its graph, and the column of that value.
import { type GraphProto, TensorProto_DataType } from "onnx-buf";
import { UserError } from "../../command-line/user-error.ts";
import { classLabels } from "./class-labels.ts";
import { elementType, shape } from "./model-input.ts";

export interface PositiveOutput {
  /** Name of a float tensor in the graph. */
  readonly value: string;
  /** Column of the positive class; `null` when the tensor holds nothing else. */
  readonly column: number | null;
}

const FLOATS: ReadonlySet<number | undefined> = new Set([TensorProto_DataType.FLOAT, TensorProto_DataType.DOUBLE]);

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
  const lists = classLabels(graph);
  const labels = lists.length === 1 ? lists[0] : undefined;
  if (labels !== undefined && labels.length !== 2 && choice.column === undefined) {
    const advice = "or --column, the column of a spike from 0";
    throw new UserError(`classes: got ${labels.length} (${labels.join(", ")}), expected 2: spike or not; ${advice}`);
  }
  const column = (): number => choice.column ?? positiveColumn(lists);
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
  if (outputs.length === 2 && ["i0", "i1"].every((wanted) => outputs.some(({ name }) => name === wanted))) {
    const { column: own = 1 } = choice;
    if (own > 1) throw new UserError(`--column: got ${own}, expected 0 or 1, for the outputs i0 and i1`);
    return { value: `i${own}`, column: null };
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
  if (choice.column !== undefined || columns === 2 || (columns === undefined && lists.length > 0)) {
    return { value: output.name, column: column() };
  }
  const advice = "or say which column is a spike's: --column";
  throw new UserError(
    `output ${output.name}: got ${columns ?? "unknown"} columns, expected 1, or 2 for two classes; ${advice}`,
  );
}

function positiveColumn(lists: readonly (readonly string[])[]): number {
  const advice = "train with the labels 0 and 1 (1: spike), or say which column is a spike's: --column";
  const [labels] = lists;
  if (lists.length > 1) {
    const got = lists.map((list) => list.join(", ")).join("; ");
    throw new UserError(`classes: got several lists of labels (${got}), expected one; ${advice}`);
  }
  if (labels === undefined) throw new UserError(`classes: got two columns without class labels; ${advice}`);
  const low = labels.map((label) => label.toLowerCase());
  const column = Math.max(low.indexOf("1"), low.indexOf("true"));
  const negative = Math.max(low.indexOf("0"), low.indexOf("false"));
  if (column === -1 || negative === -1) {
    throw new UserError(`classes: got ${labels.join(", ")}, expected 0 and 1 or false and true; ${advice}`);
  }
  return column;
}
