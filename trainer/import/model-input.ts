// The one input of a foreign model: its name, element type and number of columns.
import { type GraphProto, TensorProto_DataType, type ValueInfoProto } from "onnx-buf";
import { UserError } from "../../command-line/user-error.ts";

export interface ModelInput {
  readonly name: string;
  readonly type: TensorProto_DataType.FLOAT | TensorProto_DataType.DOUBLE;
}

/**
 * The input of a graph that takes rows of `width` columns.
 * Throws `UserError` for several inputs, for element types other than float32 and float64, and for another width.
 */
export function modelInput(graph: GraphProto, width: number): ModelInput {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const [input] = inputs;
  const advice = `convert with one input: initial_types=[("features", FloatTensorType([None, ${width}]))]`;
  if (input === undefined || inputs.length !== 1) {
    const names = inputs.map(({ name }) => name).join(", ");
    throw new UserError(`inputs: got ${inputs.length} (${names}), expected one for all columns; ${advice}`);
  }
  const type = elementType(input);
  if (type !== TensorProto_DataType.FLOAT && type !== TensorProto_DataType.DOUBLE) {
    const got = type === undefined ? "no tensor" : TensorProto_DataType[type];
    throw new UserError(`input ${input.name}: got ${got}, expected FLOAT or DOUBLE; ${advice}`);
  }
  const dimensions = shape(input);
  const columns = dimensions?.at(-1);
  if (dimensions !== undefined && dimensions.length !== 2) {
    throw new UserError(`input ${input.name}: got ${dimensions.length} dimensions, expected 2: rows and columns`);
  }
  if (columns !== undefined && columns !== width) {
    throw new UserError(`--features: got ${width} names, expected ${columns}: as many as the model takes columns`);
  }
  return { name: input.name, type };
}

/** Element type of a tensor value; `undefined` for sequences and maps. */
export function elementType(value: ValueInfoProto): TensorProto_DataType | undefined {
  return value.type?.value.case === "tensorType" ? value.type.value.value.elemType : undefined;
}

/** Sizes of a tensor value's dimensions, `undefined` where one is free; `undefined` when the model gives none. */
export function shape(value: ValueInfoProto): (number | undefined)[] | undefined {
  if (value.type?.value.case !== "tensorType") return undefined;
  const dimensions = value.type.value.value.shape?.dim;
  return dimensions?.map((dim) => (dim.value.case === "dimValue" ? Number(dim.value.value) : undefined));
}
