import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  FunctionProtoSchema,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { MOST_OWN_BYTES, readOwnModel } from "../../src/scorer/own-model.ts";
import { encodeModel } from "../../trainer/artifact/onnx/model-graph.ts";
import { differences, randomRows } from "./compare-scores.ts";
import { randomModel } from "./random-graphs.ts";

const linear = encodeModel(randomModel("linear", "platt", "damaged"), {});
const blend = encodeModel(randomModel("blend", "isotonic", "damaged 2"), {});

/** Of each file. */
const FLIPS = 60;

/** Why the file is left to onnxruntime once `change` was made. */
function reasonAfter(file: Uint8Array, change: (graph: GraphProto, model: ModelProto) => void): string | undefined {
  const model = fromBinary(ModelProtoSchema, file);
  change(model.graph!, model);
  const result = readOwnModel(toBinary(ModelProtoSchema, model));
  return result.model === undefined ? result.reason : undefined;
}

describe("a file that is read again and written unchanged", () => {
  it("is an own model", () => {
    for (const file of [linear, blend]) expect(reasonAfter(file, () => undefined)).toBeUndefined();
  });
});

const nodeOf = (graph: GraphProto, op: string) => graph.node.find(({ opType }) => opType === op)!;
const addNode = (graph: GraphProto, opType: string, input: string): void => {
  graph.node.push(create(NodeProtoSchema, { opType, input: [input], output: ["more"] }));
};
const whole = (name: string, i: bigint) => create(AttributeProtoSchema, { name, type: 2, i });

it("a file that is larger than own ones may be is left to onnxruntime", () => {
  const name = "n".repeat(MOST_OWN_BYTES);
  expect(reasonAfter(linear, (graph) => (graph.docString = name))).toMatch(/bytes, more than 2097152$/);
});

describe("a graph is left to onnxruntime with", () => {
  it.each<[string, RegExp, (graph: GraphProto, model: ModelProto) => void]>([
    ["another opset", /^opsets :18/, (_, model) => (model.opsetImport[0]!.version = 18n)],
    ["another IR version", /^IR version 9/, (_, model) => (model.irVersion = 9n)],
    ["a node more", /^more: not part/, (graph) => addNode(graph, "Abs", "features")],
    [
      "a sum that runs backwards",
      /^CumSum: other attr/,
      (g) => nodeOf(g, "CumSum").attribute.push(whole("reverse", 1n)),
    ],
    ["another operator", /Floor instead of/, (graph) => (nodeOf(graph, "Sigmoid").opType = "Floor")],
    ["an operator of another domain", /other:CumSum instead/, (graph) => (nodeOf(graph, "CumSum").domain = "other")],
    ["exchanged inputs", /./, (graph) => nodeOf(graph, "Sub").input.reverse()],
    ["a float32 constant", /: type 1$/, (graph) => (graph.initializer[0]!.dataType = 1)],
    ["a constant of another shape", /instead of \[1,7\]/, (graph) => (graph.initializer[0]!.dims = [7n, 1n])],
    ["a constant that is not finite", /instead of/, (graph) => graph.initializer[0]!.rawData.fill(0xff)],
    ["a function", /^model: field 25/, (_, model) => model.functions.push(create(FunctionProtoSchema, {}))],
    ["an output of two columns", /several columns/, (graph) => setWidth(graph.output[0], 2n)],
  ])("%s", (_, reason, change) => {
    expect(reasonAfter(linear, change)).toMatch(reason);
  });
});

describe("trees are left to onnxruntime with", () => {
  it.each<[string, string, (attribute: ReturnType<typeof whole>) => void]>([
    [
      "another comparison",
      "nodes_modes",
      (a) => (a.strings = a.strings.map(() => new TextEncoder().encode("BRANCH_LT"))),
    ],
    ["a circle", "nodes_truenodeids", (a) => (a.ints = a.ints.map(() => 0n))],
    ["a transformed sum", "post_transform", (a) => (a.s = new TextEncoder().encode("LOGISTIC"))],
    ["a column that is not there", "nodes_featureids", (a) => (a.ints = a.ints.map(() => 99n))],
    ["an unknown attribute", "nodes_hitrates", () => undefined],
    [
      "a way of missing values that is none",
      "nodes_missing_value_tracks_true",
      (a) => (a.ints = a.ints.map(() => 257n)),
    ],
    ["a leaf that is meant twice", "target_nodeids", (a) => (a.ints = a.ints.map(() => a.ints[0]!))],
  ])("%s", (_, name, change) => {
    const reason = reasonAfter(blend, (graph) => {
      for (const node of graph.node.filter(({ opType }) => opType === "TreeEnsembleRegressor")) {
        const known = node.attribute.find((one) => one.name === name);
        if (known === undefined) node.attribute.push(whole(name, 1n));
        else change(known);
      }
    });
    expect(reason).toEqual(expect.any(String));
  });
});

describe("a file that asks for more than it is", () => {
  it("has no value that is used twice: 2^n parts of n nodes", () => {
    const reason = reasonAfter(blend, (graph) => {
      for (const { input } of graph.node.filter(({ opType }) => opType === "Add")) {
        if (input[0]!.endsWith("weighted") && input[1]!.endsWith("weighted")) input[1] = input[0]!;
      }
    });
    expect(reason).toMatch(/used twice/);
  });

  it("has no more columns than any row", () => {
    for (const width of [1025n, 2n ** 31n, 2n ** 40n]) {
      expect(reasonAfter(linear, (graph) => setWidth(graph.input[0], width))).toMatch(/not \[N, width\]/);
    }
  });

  it("has no name of megabytes, and no list of a million dimensions", () => {
    const name = "a".repeat(1_000_000);
    expect(reasonAfter(linear, (graph) => (graph.node[0]!.input = [name]))).toMatch(/too long/);
    const dims = Array<bigint>(1_000_000).fill(1n);
    expect(reasonAfter(linear, (graph) => (graph.initializer[0]!.dims = dims))).toMatch(/bytes|dimensions|instead/);
  });
});

describe("a damaged file", () => {
  it("is never half read: any beginning of it is no own model", () => {
    for (let length = 0; length < linear.length; length++) {
      expect(readOwnModel(linear.subarray(0, length)).model, `${length} bytes`).toBeUndefined();
    }
  });

  it("that is still taken for an own model has onnxruntime's bits, whichever bit was flipped", async () => {
    const random = new SeededRandom("flips");
    let taken = 0;
    for (const file of [linear, blend]) {
      for (let k = 0; k < FLIPS; k++) {
        const damaged = Uint8Array.from(file);
        const at = Math.floor(random.uniform() * file.length);
        damaged[at]! ^= 1 << Math.floor(8 * random.uniform());
        const { model } = readOwnModel(damaged);
        if (model === undefined) continue;
        taken += 1;
        const session = await OnnxSession.load(damaged);
        const rows = randomRows(16, model.shape.width, `flip ${k}`);
        const { different } = await differences(model, session, rows, [8]);
        await session.release();
        expect(different, `byte ${at}`).toEqual([]);
      }
    }
    expect(taken).toBeGreaterThan(5);
  });
});

function setWidth(value: GraphProto["output"][number] | undefined, width: bigint): void {
  if (value?.type?.value.case !== "tensorType") throw new Error("no tensor");
  value.type.value.value.shape!.dim[1]!.value = { case: "dimValue", value: width };
}
