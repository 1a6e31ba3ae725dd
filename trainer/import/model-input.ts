// The inputs of a foreign model: one table of all columns, or one named column each, as an export of a DataFrame has.
import { type GraphProto, TensorProto_DataType, type ValueInfoProto } from "onnx-buf";
import { UserError } from "../../command-line/user-error.ts";

export interface ModelInput {
  readonly name: string;
  readonly type: TensorProto_DataType.FLOAT | TensorProto_DataType.DOUBLE;
  /** Position among the features of the one column that it takes; `null` when it takes all of them in their order. */
  readonly column: number | null;
}

export interface ModelInputs {
  readonly inputs: readonly ModelInput[];
  /** The number of rows that the model was exported for, when that is not free. */
  readonly fixedRows: number | undefined;
}

/**
 * The inputs of a graph for rows of `features`. Several inputs must be one column each, named as the features are, in
 * any order.
 * Throws `UserError` for other inputs, for element types other than float32 and float64, and for another width.
 */
export function modelInputs(graph: GraphProto, features: readonly string[]): ModelInputs {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const values = graph.input.filter(({ name }) => !constants.has(name));
  const [only] = values;
  const inputs =
    only === undefined || values.length > 1 ? namedColumns(values, features) : [tableInput(only, features.length)];
  const rows = values.map((value) => shape(value)?.[0]).find((size) => size !== undefined && size > 0);
  return { inputs, fixedRows: rows };
}

function tableInput(value: ValueInfoProto, width: number): ModelInput {
  const type = floatType(value, width);
  const dimensions = shape(value);
  const columns = dimensions?.at(-1);
  if (dimensions !== undefined && dimensions.length !== 2) {
    throw new UserError(`input ${value.name}: got ${dimensions.length} dimensions, expected 2: rows and columns`);
  }
  // Some exporters write a free dimension as 0 or −1.
  if (columns !== undefined && columns > 0 && columns !== width) {
    throw new UserError(`--features: got ${width} names, expected ${columns}: as many as the model takes columns`);
  }
  return { name: value.name, type, column: null };
}

function namedColumns(values: readonly ValueInfoProto[], features: readonly string[]): ModelInput[] {
  const names = values.map(({ name }) => name);
  const wide = values.find((value) => shape(value)?.length !== 2 || shape(value)?.[1] !== 1);
  if (wide !== undefined || values.length === 0) {
    const each = wide === undefined ? "" : `, or one [N, 1] each, which ${wide.name} is not`;
    throw new UserError(
      `inputs: got ${values.length} (${names.join(", ")}), expected one for all columns${each}; ` +
        oneTable(features.length),
    );
  }
  const unknown = names.filter((name) => !features.includes(name));
  if (unknown.length > 0) {
    throw new UserError(
      `inputs: got ${values.length} named columns, of which --features lacks ${unknown.join(", ")}; ` +
        "add what is a column of the row, and train without the others",
    );
  }
  const unused = features.filter((name) => !names.includes(name));
  if (unused.length > 0) {
    throw new UserError(
      `--features: got ${unused.join(", ")}, expected only what the model takes: ${names.join(", ")}`,
    );
  }
  return values.map((value) => ({
    name: value.name,
    type: floatType(value, features.length),
    column: features.indexOf(value.name),
  }));
}

function oneTable(width: number): string {
  return `convert with one input: initial_types=[("features", FloatTensorType([None, ${width}]))]`;
}

function floatType(value: ValueInfoProto, width: number): ModelInput["type"] {
  const type = elementType(value);
  if (type === TensorProto_DataType.FLOAT || type === TensorProto_DataType.DOUBLE) return type;
  const got = type === undefined ? "no tensor" : TensorProto_DataType[type];
  throw new UserError(
    `input ${value.name}: got ${got}, expected FLOAT or DOUBLE; export in float32 (PyTorch: model.float(); ` +
      `DataFrame: df.astype("float32")), or ${oneTable(width)}`,
  );
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
