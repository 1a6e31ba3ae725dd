// Mistakes at an export that its own library does not report: each is refused or warned of in one sentence.
import { create, toBinary } from "@bufbuild/protobuf";
import { FunctionProtoSchema, ModelProtoSchema, TensorProto_DataLocation } from "onnx-buf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULT_LABEL_SPEC } from "../../../src/features/label-spec.ts";
import { type ImportedModel, importModel } from "../../../trainer/import/import-model.ts";
import { type ParsedModel, parseOnnx } from "../../../trainer/import/parse-onnx.ts";
import { FLOAT, foreignModel, int, type Node, table } from "./foreign-models.ts";

const EXPORTS = join(import.meta.dirname, "../../fixtures/exports");
const WIDE = ["rv_60_over_tau", "ewma_60_over_tau", "jump_share_300", "imbalance_60"];

async function imported(bytes: Uint8Array, features = ["jump_share_60"]): Promise<ImportedModel> {
  return await importModel(bytes, {
    file: "m.onnx",
    name: "m",
    features,
    row: "default-1",
    stepMs: 1000,
    source: "last",
    label: DEFAULT_LABEL_SPEC,
    threshold: 0.5,
    golden: null,
    codeCommit: "test",
    createdAtMs: 0,
  });
}

/** A missing `x` is 0; then `nodes` from `known` to `y`. */
function filled(nodes: Node[], input = table("x", 1)): ParsedModel {
  const zero = { name: "zero", dataType: FLOAT, floatData: [0] };
  const fill = [
    { opType: "IsNaN", input: ["x"], output: ["missing"] },
    { opType: "Where", input: ["missing", "zero", "x"], output: ["known"] },
  ];
  return foreignModel([...fill, ...nodes], [input], [table("y", 1)], [zero]);
}
const sigmoid = { opType: "Sigmoid", input: ["known"], output: ["y"] };
const bytesOf = (model: ParsedModel): Uint8Array => toBinary(ModelProtoSchema, model);

describe("a model whose answer for a row depends on the other rows", () => {
  it("is refused without a golden table too", async () => {
    const overRows = { opType: "Softmax", input: ["known"], output: ["y"], attribute: [int("axis", 0)] };
    await expect(imported(bytesOf(filled([overRows])))).rejects.toThrow(
      /^output: got 1 for a row alone, \d.* among 256 rows \(row 0\), expected the same; .*softmax\(x, dim=1\)/,
    );
    expect((await imported(bytesOf(filled([sigmoid])))).warnings).toEqual([]);
  });
});

describe("a model exported for a fixed number of rows", () => {
  it("is imported when only its shape says so, and refused when it needs them, saying how to free them", async () => {
    const fixed = table("x", 1);
    if (fixed.type?.value?.case !== "tensorType") throw new Error("no tensor");
    fixed.type.value.value.shape!.dim![0] = { value: { case: "dimValue", value: 7n } };
    expect((await imported(bytesOf(filled([sigmoid], fixed)))).comparison).toBeNull();
    const bytes = readFileSync(join(EXPORTS, "torch-script-fixed.onnx"));
    await expect(imported(bytes, WIDE)).rejects.toThrow(
      /exported for 2 rows a run: leave their number free \(PyTorch: /,
    );
  });
});

describe("a model of a newer format", () => {
  it("is imported when only the version of its file is newer than the runtime", async () => {
    const model = filled([sigmoid]);
    model.irVersion = 99n;
    const { artifact } = await imported(bytesOf(model));
    expect(parseOnnx(artifact.onnx, "m.onnx").irVersion).toBe(10n);
  });

  it("is refused when its operators are, saying which opset to use", async () => {
    const model = filled([sigmoid]);
    model.opsetImport[0]!.version = 99n;
    await expect(imported(bytesOf(model))).rejects.toThrow(
      /; convert with target_opset=17 \(PyTorch: opset_version=17\)$/,
    );
  });
});

describe("a model that is not whole in its graph", () => {
  it("is refused when its weights lie in another file, or its operators in functions, saying how to bring them in", async () => {
    const outside = filled([sigmoid]);
    outside.graph.initializer[0]!.dataLocation = TensorProto_DataLocation.EXTERNAL;
    await expect(imported(bytesOf(outside))).rejects.toThrow(
      /in another file, .* save it as one \(PyTorch: external_data=False\)$/,
    );
    const withFunction = filled([sigmoid]);
    withFunction.functions = [create(FunctionProtoSchema, { name: "f", domain: "local", node: [sigmoid] })];
    await expect(imported(bytesOf(withFunction))).rejects.toThrow(
      /^m\.onnx: functions: .*inline_local_functions\(model\)\)$/,
    );
  });
});

describe("an isotonic calibration", () => {
  it("is warned of, since its converter leaves out the interpolation, which no other check would tell", async () => {
    const bytes = readFileSync(join(EXPORTS, "sklearn-calibrated-logistic-isotonic.onnx"));
    const { warnings, artifact } = await imported(bytes, WIDE);
    expect(warnings).toEqual([expect.stringMatching(/^isotonic calibration was converted to the nearest known step/)]);
    expect(artifact.manifest.goal).toContain("isotonic calibration");
    const sigmoidal = readFileSync(join(EXPORTS, "sklearn-calibrated-logistic-sigmoid.onnx"));
    expect((await imported(sigmoidal, WIDE)).warnings).toEqual([]);
  });
});
