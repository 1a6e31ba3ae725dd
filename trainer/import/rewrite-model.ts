// A foreign model with the gateway's contract: input `features` float32 [N, F], output `probability` float32 [N, 1].
// What lies between stays as its converter made it, except float64 thresholds (tree-thresholds.ts).
import { clone, create, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  type NodeProto,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataType,
  type TensorProto,
} from "onnx-buf";
import { OPSET } from "../artifact/onnx/graph.ts";
import { INPUT, OUTPUT } from "../../onnx/onnx-session.ts";
import { UserError } from "../../command-line/user-error.ts";
import { dropUnused, renameValues } from "./graph-names.ts";
import { float, floatTable, integers, node } from "./graph-parts.ts";
import { type ModelInput, modelInputs } from "./model-input.ts";
import { defaultOpset, type ParsedModel } from "./parse-onnx.ts";
import { type OutputChoice, type PositiveOutput, positiveOutput } from "./positive-output.ts";
import { roundThresholds, type ThresholdTally } from "./tree-thresholds.ts";

export interface RewrittenModel {
  readonly onnx: Uint8Array<ArrayBuffer>;
  /** The same with the output as the model gives it, to see whether it gives probabilities at all. */
  readonly uncut: Uint8Array<ArrayBuffer>;
  readonly thresholds: ThresholdTally;
  readonly source: PositiveOutput;
  /** The number of rows that the model was exported for, when that is not free. */
  readonly fixedRows: number | undefined;
}

/** Values that this file adds to the graph begin with it. */
const PREFIX = "volgate_";

/** Newer versions of the file format than the runtime reads say nothing more about such graphs. */
const NEWEST_IR = 10n;

/**
 * Rewrites a model for rows of `features`. The output is cut to [0, 1], where sums of float32 leaves can end at
 * 1.0000001; `NaN` stays `NaN`. `metadata` replaces `metadata_props`; `choice` names the spike's column where it is not
 * plain. Does not change `model`.
 * Throws `UserError` where the model does not fit (model-input.ts, positive-output.ts, tree-thresholds.ts), and for one
 * that an import or the trainer has already made.
 */
export function rewriteModel(
  original: ParsedModel,
  features: readonly string[],
  metadata: Readonly<Record<string, string>>,
  choice: OutputChoice = {},
): RewrittenModel {
  refuseArtifact(original);
  const { inputs, fixedRows } = modelInputs(original.graph, features);
  const source = positiveOutput(original.graph, choice);
  const model = clone(ModelProtoSchema, original) as ParsedModel;
  const { graph } = model;
  // The graph may use the contract's names for other values.
  renameValues(graph, new Map([INPUT, OUTPUT].map((name) => [name, innerName(name)])));
  const inner = inputs.map((input) => ({ ...input, name: innerName(input.name) }));
  const thresholds = roundThresholds(graph, new Map(inner.map(({ name, type }) => [name, type])));
  graph.input = [floatTable(INPUT, features.length)];
  graph.output = [floatTable(OUTPUT, 1)];
  // Shapes are inferred anew: converters write wrong ones, and the runtime warns of them at each run.
  graph.valueInfo = [];
  graph.node.unshift(...inner.flatMap(inputNodes));
  graph.initializer.push(...inner.flatMap(inputConstants));
  const entries = Object.entries(metadata);
  model.metadataProps = entries.map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
  model.trainingInfo = [];
  // Before version 4, constants had to be inputs too.
  if (model.irVersion < 4n) model.irVersion = 4n;
  if (model.irVersion > NEWEST_IR) model.irVersion = NEWEST_IR;
  completeOpsets(model);
  const finished = (cut: boolean): Uint8Array<ArrayBuffer> => {
    const whole = clone(ModelProtoSchema, model) as ParsedModel;
    whole.graph.node.push(...outputNodes({ ...source, value: innerName(source.value) }, cut));
    whole.graph.initializer.push(...outputConstants(source));
    dropUnused(whole.graph);
    return toBinary(ModelProtoSchema, whole);
  };
  return { onnx: finished(true), uncut: finished(false), thresholds, source, fixedRows };
}

/** What a value of the foreign graph is called once the contract's names stand for the gateway's values. */
function innerName(name: string): string {
  return name === INPUT || name === OUTPUT ? `${PREFIX}inner_${name}` : name;
}

/** From `features` to an input of the foreign graph. */
function inputNodes({ name, type, column }: ModelInput): NodeProto[] {
  if (column === null) return [node("Cast", [INPUT], name, { to: type })];
  const picked = `${PREFIX}column_${column}`;
  return [
    node("Gather", [INPUT, `${PREFIX}position_${column}`], picked, { axis: 1 }),
    node("Cast", [picked], name, { to: type }),
  ];
}

function inputConstants({ column }: ModelInput): TensorProto[] {
  return column === null ? [] : [integers(`${PREFIX}position_${column}`, [column])];
}

/** Every artifact has its row and schema in its metadata; an import keeps the name of the foreign producer. */
function refuseArtifact({ metadataProps, graph }: ParsedModel): void {
  const keys = metadataProps.map(({ key }) => key);
  const rewritten = [...graph.node.flatMap(({ output }) => output), ...graph.initializer.map(({ name }) => name)];
  const isArtifact = keys.includes("schema_sha256") || rewritten.some((name) => name.startsWith(PREFIX));
  if (!isArtifact) return;
  const family = metadataProps.find(({ key }) => key === "family")?.value;
  throw new UserError(
    `the model is already an artifact${family === undefined ? "" : ` (family ${family})`}: import the file of its ` +
      "original library, or publish the artifact's folder with npm run model -- publish DIR",
  );
}

/** From the found value to `probability`; only operators that mean the same from `OLDEST_OPSET` on. */
function outputNodes({ value, column }: PositiveOutput, cut: boolean): NodeProto[] {
  const [picked, single, above] = [`${PREFIX}picked`, `${PREFIX}single`, `${PREFIX}above`];
  return [
    column === null
      ? node("Reshape", [value, `${PREFIX}shape`], picked)
      : node("Gather", [value, `${PREFIX}column`], picked, { axis: 1 }),
    node("Cast", [picked], cut ? single : OUTPUT, { to: TensorProto_DataType.FLOAT }),
    ...(cut ? [node("Max", [single, `${PREFIX}zero`], above), node("Min", [above, `${PREFIX}one`], OUTPUT)] : []),
  ];
}

function outputConstants({ column }: PositiveOutput): TensorProto[] {
  const index = column === null ? integers(`${PREFIX}shape`, [-1, 1]) : integers(`${PREFIX}column`, [column]);
  return [index, float(`${PREFIX}zero`, 0), float(`${PREFIX}one`, 1)];
}

/**
 * One entry a domain, and the default one always: converters write duplicates, and leave it out when nothing needs it.
 */
function completeOpsets(model: ParsedModel): void {
  const opset = BigInt(defaultOpset(model) ?? OPSET);
  const others = model.opsetImport.filter(({ domain }) => domain !== "" && domain !== "ai.onnx");
  const once = [...new Map(others.map((entry) => [entry.domain, entry])).values()];
  model.opsetImport = [create(OperatorSetIdProtoSchema, { domain: "", version: opset }), ...once];
}
