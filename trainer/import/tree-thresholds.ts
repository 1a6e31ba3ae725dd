// Finds the tree ensembles of a graph that read the model's own input, and rounds their float64 thresholds so that the
// gateway's float32 rows take the branches that they took before.
import { type AttributeProto, type GraphProto, type NodeProto, TensorProto_DataType, type TensorProto } from "onnx-buf";
import { UserError } from "../../command-line/user-error.ts";
import { BRANCH_MODES, type BranchMode, float32Threshold } from "./float32-threshold.ts";

/** Counts over all tree ensembles of a model; leaves are not counted. */
export interface ThresholdTally {
  /** Branching nodes. */
  readonly thresholds: number;
  /** Thresholds that came as float64. */
  readonly doubles: number;
  /** Of those, the ones that no float32 equals: rounded. */
  readonly rounded: number;
  /** Of those, in ensembles behind other computations, whose inputs are no float32: left as they are. */
  readonly untouched: number;
}

const TREE_OPERATORS = new Set(["TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble"]);
const LEAF = "LEAF";

/**
 * Rounds in place. `inputs` are the element types of the model's inputs before it was rewritten, by name. An ensemble
 * that reads float32 gets all its float64 tensors as float32, leaf weights to nearest, since the operator requires one
 * type; one that reads float64 stays float64 with thresholds that are float32 numbers, and adds up its leaves as
 * before.
 * Thresholds that came as float32 are only counted: the direction in which a converter rounded them cannot be detected.
 * Throws `UserError` for a float64 threshold of a mode that is none of `BRANCH_MODES`.
 */
export function roundThresholds(graph: GraphProto, inputs: ReadonlyMap<string, TensorProto_DataType>): ThresholdTally {
  const tally = { thresholds: 0, doubles: 0, rounded: 0, untouched: 0 };
  const types = new Map(inputs);
  for (const node of graph.node) {
    const source = sourceType(node, types);
    if (source !== undefined) followType(node, source, types);
    if (!TREE_OPERATORS.has(node.opType)) continue;
    const modes = branchModes(node);
    const branches = modes.filter((mode) => mode !== LEAF).length;
    tally.thresholds += branches;
    const tensor = thresholdTensor(node);
    if (tensor === undefined) continue;
    tally.doubles += branches;
    if (source === undefined) tally.untouched += branches;
    else tally.rounded += roundTensor(tensor, modes);
    if (source === TensorProto_DataType.FLOAT) narrowTensors(node);
  }
  return tally;
}

/** The type of the inputs' own values that a node reads; `undefined` when it reads other values too. */
function sourceType(
  node: NodeProto,
  types: ReadonlyMap<string, TensorProto_DataType>,
): TensorProto_DataType | undefined {
  const first = types.get(node.input[0] ?? "");
  const same = node.opType !== "Concat" || node.input.every((name) => types.get(name) === first);
  return same ? first : undefined;
}

/** Operators whose result has the values of their first input. */
const MOVING_OPERATORS = new Set(["Identity", "Concat", "Reshape", "Flatten", "Gather", "ArrayFeatureExtractor"]);

/** Carries the input's type through nodes that keep its float32 values: moves, and casts between the two floats. */
function followType(node: NodeProto, source: TensorProto_DataType, types: Map<string, TensorProto_DataType>): void {
  const output = node.output[0];
  if (output === undefined) return;
  if (MOVING_OPERATORS.has(node.opType)) types.set(output, source);
  if (node.opType !== "Cast") return;
  const to = Number(attribute(node, "to")?.i ?? 0);
  if (to === TensorProto_DataType.FLOAT || to === TensorProto_DataType.DOUBLE) types.set(output, to);
}

/** One mode a node, in the order of the thresholds. */
function branchModes(node: NodeProto): string[] {
  const modes = attribute(node, "nodes_modes");
  if (modes === undefined) return [];
  if (modes.t === undefined) return modes.strings.map((mode) => new TextDecoder().decode(mode));
  const { rawData, int32Data } = modes.t;
  // The operator `TreeEnsemble` numbers the modes, from 0 on in this order; its leaves are listed elsewhere.
  return Array.from(rawData.length > 0 ? rawData : int32Data, (code) => BRANCH_MODES[code] ?? `mode ${code}`);
}

/** The thresholds when they are float64. */
function thresholdTensor(node: NodeProto): TensorProto | undefined {
  const tensor = (attribute(node, "nodes_values_as_tensor") ?? attribute(node, "nodes_splits"))?.t;
  return tensor?.dataType === TensorProto_DataType.DOUBLE ? tensor : undefined;
}

function roundTensor(tensor: TensorProto, modes: readonly string[]): number {
  let rounded = 0;
  const values = doubles(tensor).map((t, i) => {
    const mode = modes[i];
    if (mode === LEAF) return t;
    if (!isBranchMode(mode)) throw new UserError(`nodes_modes: got ${mode} with float64, expected ${BRANCH_MODES}`);
    const value = float32Threshold(mode, t);
    if (!Object.is(value, t)) rounded += 1;
    return value;
  });
  setDoubles(tensor, values);
  return rounded;
}

function isBranchMode(mode: string | undefined): mode is BranchMode {
  return BRANCH_MODES.some((known) => known === mode);
}

function narrowTensors(node: NodeProto): void {
  for (const { t } of node.attribute) {
    if (t?.dataType !== TensorProto_DataType.DOUBLE) continue;
    const values = doubles(t);
    const data = new DataView(new ArrayBuffer(values.length * 4));
    values.forEach((value, i) => data.setFloat32(i * 4, value, true));
    t.dataType = TensorProto_DataType.FLOAT;
    t.doubleData = [];
    t.rawData = new Uint8Array(data.buffer);
  }
}

/** The values of a float64 tensor, from either of the two places where ONNX keeps them. */
export function doubles(tensor: TensorProto): number[] {
  const { rawData, doubleData } = tensor;
  if (rawData.length === 0) return [...doubleData];
  const data = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: rawData.byteLength / 8 }, (_, i) => data.getFloat64(i * 8, true));
}

function setDoubles(tensor: TensorProto, values: readonly number[]): void {
  const data = new DataView(new ArrayBuffer(values.length * 8));
  values.forEach((value, i) => data.setFloat64(i * 8, value, true));
  tensor.doubleData = [];
  tensor.rawData = new Uint8Array(data.buffer);
}

function attribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((candidate) => candidate.name === name);
}
