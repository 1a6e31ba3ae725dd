// The graph of an ONNX file, read strictly: every field must be one that the trainer writes, so that nothing that could
// change a result is overlooked. Field numbers are those of onnx.proto.
import { requireOwn } from "./not-own-graph.ts";
import { asciiText, readFields, readPacked, WIRE } from "./protobuf-fields.ts";

/** An attribute's value: a number, a text, or a list of numbers, floats or texts. */
export type AttributeValue = number | string | readonly number[] | Float32Array | readonly string[];

export interface GraphNode {
  /** With its domain before a colon where it has one. */
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, AttributeValue>;
}

export interface GraphConstant {
  readonly isDouble: boolean;
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

export interface OnnxGraph {
  readonly input: string;
  /** Columns of the input. */
  readonly width: number;
  readonly outputs: readonly string[];
  /** By the name of their output. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly constants: ReadonlyMap<string, GraphConstant>;
}

/** More than any row has: what is wider would take memory before it is found to be no own model. */
const MOST_COLUMNS = 1_024;

const TYPE = { float: 1, int64: 7, double: 11 } as const;
const ATTRIBUTE_TYPE = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;
/** What the trainer writes into each file. */
const IR_VERSION = 8;
const OPSETS = ":17,ai.onnx.ml:3";

/** Throws `NotOwnGraphError`. */
export function readOnnxGraph(file: Uint8Array): OnnxGraph {
  const opsets: string[] = [];
  const graphs: Uint8Array[] = [];
  let irVersion = 0;
  readFields(file, (field, wire, number, bytes) => {
    if (field === 1 && wire === WIRE.varint) irVersion = number;
    else if (field === 7 && wire === WIRE.bytes) graphs.push(bytes);
    else if (field === 8 && wire === WIRE.bytes) opsets.push(opsetOf(bytes));
    // Producer, description and metadata change no result.
    else requireOwn((field === 2 || field === 6 || field === 14) && wire === WIRE.bytes, `model: field ${field}`);
  });
  requireOwn(irVersion === IR_VERSION, `IR version ${irVersion}`);
  requireOwn(opsets.join() === OPSETS, `opsets ${opsets.join()}`);
  const [graph] = graphs;
  requireOwn(graph !== undefined && graphs.length === 1, `${graphs.length} graphs`);
  return readGraph(graph);
}

function readGraph(graph: Uint8Array): OnnxGraph {
  const nodes = new Map<string, GraphNode>();
  const constants = new Map<string, GraphConstant>();
  const inputs: Declared[] = [];
  const outputs: Declared[] = [];
  const names: string[] = [];
  readFields(graph, (field, wire, _, bytes) => {
    requireOwn(wire === WIRE.bytes, "graph: a number");
    if (field === 1) {
      const node = readNode(bytes);
      nodes.set(node.output, node);
      names.push(node.output);
    } else if (field === 5) {
      const { name, constant } = readConstant(bytes);
      constants.set(name, constant);
      names.push(name);
    } else if (field === 11) inputs.push(readDeclared(bytes));
    else if (field === 12) outputs.push(readDeclared(bytes));
    else requireOwn(field === 2, `graph: field ${field}`);
  });
  const [input] = inputs;
  requireOwn(input !== undefined && inputs.length === 1, `${inputs.length} inputs`);
  names.push(input.name);
  requireOwn(new Set(names).size === names.length, "two values of one name");
  requireOwn(
    outputs.every(({ width }) => width === 1),
    "an output of several columns",
  );
  return { input: input.name, width: input.width, outputs: outputs.map(({ name }) => name), nodes, constants };
}

function opsetOf(bytes: Uint8Array): string {
  const { texts, numbers } = scalars(bytes, { texts: [1], numbers: [2] });
  return `${texts.get(1) ?? ""}:${numbers.get(2) ?? 0}`;
}

function readNode(bytes: Uint8Array): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, AttributeValue>();
  let [op, domain] = ["", ""];
  readFields(bytes, (field, wire, _, value) => {
    requireOwn(wire === WIRE.bytes, "node: a number");
    if (field === 1) inputs.push(asciiText(value));
    else if (field === 2) outputs.push(asciiText(value));
    else if (field === 4) op = asciiText(value);
    else if (field === 7) domain = asciiText(value);
    else if (field === 5) {
      const { name, attribute } = readAttribute(value);
      requireOwn(!attributes.has(name), `attribute ${name} twice`);
      attributes.set(name, attribute);
    } else requireOwn(field === 3, `node: field ${field}`);
  });
  const [output] = outputs;
  requireOwn(output !== undefined && outputs.length === 1, `${op}: ${outputs.length} outputs`);
  return { op: domain === "" ? op : `${domain}:${op}`, inputs, output, attributes };
}

function readAttribute(bytes: Uint8Array): { name: string; attribute: AttributeValue } {
  let [name, type, int] = ["", 0, 0];
  let text = "";
  const floats: number[] = [];
  const ints: number[] = [];
  const texts: string[] = [];
  readFields(bytes, (field, wire, number, value) => {
    if (field === 1 && wire === WIRE.bytes) name = asciiText(value);
    else if (field === 20 && wire === WIRE.varint) type = number;
    else if (field === 3 && wire === WIRE.varint) int = number;
    else if (field === 4 && wire === WIRE.bytes) text = asciiText(value);
    else if (field === 7 && wire === WIRE.fixed32) floats.push(number);
    else if (field === 7 && wire === WIRE.bytes) addFloats(floats, value);
    else if (field === 8 && wire === WIRE.varint) ints.push(number);
    else if (field === 8 && wire === WIRE.bytes) for (const one of readPacked(value)) ints.push(one);
    else if (field === 9 && wire === WIRE.bytes) texts.push(isBranch(value) ? BRANCH : asciiText(value));
    else requireOwn(false, `attribute: field ${field}`);
  });
  if (type === ATTRIBUTE_TYPE.int) return { name, attribute: int };
  if (type === ATTRIBUTE_TYPE.string) return { name, attribute: text };
  if (type === ATTRIBUTE_TYPE.floats) return { name, attribute: Float32Array.from(floats) };
  if (type === ATTRIBUTE_TYPE.ints) return { name, attribute: ints };
  requireOwn(type === ATTRIBUTE_TYPE.strings, `attribute ${name}: type ${type}`);
  return { name, attribute: texts };
}

/** The text of most list entries, of which a forest has thousands. */
const BRANCH = "BRANCH_LEQ";
const BRANCH_BYTES = Array.from(BRANCH, (character) => character.charCodeAt(0));

function isBranch(text: Uint8Array): boolean {
  return text.length === BRANCH_BYTES.length && BRANCH_BYTES.every((byte, i) => byte === text[i]);
}

function addFloats(floats: number[], bytes: Uint8Array): void {
  requireOwn(bytes.length % 4 === 0, "floats: cut off");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 4) floats.push(view.getFloat32(at, true));
}

function readConstant(bytes: Uint8Array): { name: string; constant: GraphConstant } {
  const dims: number[] = [];
  let [name, type] = ["", 0];
  let raw = new Uint8Array(0);
  readFields(bytes, (field, wire, number, value) => {
    if (field === 1 && wire === WIRE.varint) dims.push(number);
    else if (field === 1 && wire === WIRE.bytes) for (const one of readPacked(value)) dims.push(one);
    else if (field === 2 && wire === WIRE.varint) type = number;
    else if (field === 8 && wire === WIRE.bytes) name = asciiText(value);
    else if (field === 9 && wire === WIRE.bytes) raw = Uint8Array.from(value);
    else requireOwn(false, `constant: field ${field}`);
  });
  const isDouble = type === TYPE.double;
  requireOwn(isDouble || type === TYPE.int64, `constant ${name}: type ${type}`);
  const count = dims.reduce((product, dim) => product * dim, 1);
  requireOwn(raw.length === 8 * count, `constant ${name}: ${raw.length} bytes`);
  const view = new DataView(raw.buffer);
  const values = Array.from({ length: count }, (_, i) =>
    isDouble ? view.getFloat64(8 * i, true) : Number(view.getBigInt64(8 * i, true)),
  );
  return { name, constant: { isDouble, dims, values } };
}

interface Declared {
  readonly name: string;
  readonly width: number;
}

/** The name and the width of a float32 value [N, width]. */
function readDeclared(bytes: Uint8Array): Declared {
  const { texts, messages } = scalars(bytes, { texts: [1], messages: [2] });
  const tensor = scalars(messageOf(messages, 2), { messages: [1] });
  const { numbers, messages: shape } = scalars(messageOf(tensor.messages, 1), { numbers: [1], messages: [2] });
  requireOwn(numbers.get(1) === TYPE.float, "a value of another type than float32");
  const dims: { value: number | undefined }[] = [];
  readFields(messageOf(shape, 2), (field, wire, _, dim) => {
    requireOwn(field === 1 && wire === WIRE.bytes, `shape: field ${field}`);
    dims.push({ value: scalars(dim, { numbers: [1], texts: [2] }).numbers.get(1) });
  });
  const [rows, columns] = dims;
  const width = columns?.value;
  const isBatch = dims.length === 2 && rows?.value === undefined && width !== undefined && width > 0;
  requireOwn(isBatch && width <= MOST_COLUMNS, "a value that is not [N, width]");
  return { name: texts.get(1) ?? "", width };
}

interface Allowed {
  readonly texts?: readonly number[];
  readonly numbers?: readonly number[];
  readonly messages?: readonly number[];
}

interface Scalars {
  readonly texts: ReadonlyMap<number, string>;
  readonly numbers: ReadonlyMap<number, number>;
  readonly messages: ReadonlyMap<number, Uint8Array>;
}

/** The fields of a message that has each of them once at most, and no others. */
function scalars(bytes: Uint8Array, { texts = [], numbers = [], messages = [] }: Allowed): Scalars {
  const found = {
    texts: new Map<number, string>(),
    numbers: new Map<number, number>(),
    messages: new Map<number, Uint8Array>(),
  };
  readFields(bytes, (field, wire, number, value) => {
    const isNew = !found.texts.has(field) && !found.numbers.has(field) && !found.messages.has(field);
    if (isNew && wire === WIRE.varint && numbers.includes(field)) found.numbers.set(field, number);
    else if (isNew && wire === WIRE.bytes && texts.includes(field)) found.texts.set(field, asciiText(value));
    else if (isNew && wire === WIRE.bytes && messages.includes(field)) found.messages.set(field, value);
    else requireOwn(false, `message: field ${field}`);
  });
  return found;
}

function messageOf(messages: ReadonlyMap<number, Uint8Array>, field: number): Uint8Array {
  const message = messages.get(field);
  requireOwn(message !== undefined, `message: no field ${field}`);
  return message;
}
