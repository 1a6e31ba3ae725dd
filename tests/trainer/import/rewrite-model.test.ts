import { readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType, GraphProtoSchema, TensorProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { BRANCH_MODES, type BranchMode } from "../../../trainer/import/float32-threshold.ts";
import { type ParsedModel, parseOnnx } from "../../../trainer/import/parse-onnx.ts";
import { rewriteModel } from "../../../trainer/import/rewrite-model.ts";
import { OnnxSession } from "../../../onnx/onnx-session.ts";
import { UserError } from "../../../command-line/user-error.ts";
import { DOUBLE, FLOAT, foreignModel, INT64, int, ints, newStump, stump, table, texts } from "./foreign-models.ts";

async function scores(onnx: Uint8Array, rows: readonly number[], width = 1): Promise<number[]> {
  const session = await OnnxSession.load(onnx);
  try {
    return [...(await session.run(Float32Array.from(rows), width))];
  } finally {
    await session.release();
  }
}

const FEATURE = ["imbalance"];
const identity = (input: string, output: string) => ({ opType: "Identity", input: [input], output: [output] });

/** `x ↦ [1 − x, x]`, with the class labels given: what a classifier's probabilities look like. */
function classifier(labels: ReturnType<typeof ints>, output = table("p", 2)): ParsedModel {
  const one = { name: "one", dataType: FLOAT, floatData: [1] };
  const nodes = [
    { opType: "Sub", input: ["one", "x"], output: ["rest"] },
    {
      opType: "Concat",
      input: ["rest", "x"],
      output: ["p"],
      attribute: [int("axis", 1)],
    },
    { opType: "ZipMap", domain: "ai.onnx.ml", input: ["p"], output: ["map"], attribute: [labels] },
  ];
  return foreignModel(nodes, [table("x", 1)], [output], [one]);
}

const takes: Readonly<Record<BranchMode, (x: number, t: number) => boolean>> = {
  BRANCH_LEQ: (x, t) => x <= t,
  BRANCH_LT: (x, t) => x < t,
  BRANCH_GTE: (x, t) => x >= t,
  BRANCH_GT: (x, t) => x > t,
  BRANCH_EQ: (x, t) => x === t,
  BRANCH_NEQ: (x, t) => x !== t,
};

describe("an artifact", () => {
  it("is not rewritten again, whoever made it: an import, the trainer, or an import that lost its metadata", () => {
    const model = foreignModel([identity("x", "y")], [table("x", 1)], [table("y", 1)]);
    const imported = parseOnnx(rewriteModel(model, FEATURE, { family: "imported", schema_sha256: "0" }).onnx, "m.onnx");
    expect(() => rewriteModel(imported, FEATURE, {})).toThrow(/already an artifact \(family imported\)/);
    imported.metadataProps = [];
    expect(() => rewriteModel(imported, FEATURE, {})).toThrow(
      /already an artifact: import the file of its original library/,
    );
    const bundled = join(import.meta.dirname, "../../../src/model/bundled/logistic.onnx");
    const trained = parseOnnx(readFileSync(bundled), "logistic.onnx");
    expect(() => rewriteModel(trained, FEATURE, {})).toThrow(/already an artifact \(family logistic\)/);
  });
});

describe("float64 thresholds", () => {
  const near = (t: number): number[] => [Math.fround(t) - 1e-7, Math.fround(t), Math.fround(t) + 1e-7].map(Math.fround);

  describe.each([
    ["float32", FLOAT],
    ["float64", DOUBLE],
  ])("behind a %s input", (_, type) => {
    it.each(BRANCH_MODES)("branch in the runtime as the float64 comparison does: %s", async (mode) => {
      for (const t of [0.1, 0.3, -0.7, 0.5]) {
        const model = foreignModel([stump("x", "y", mode, t, 0.25, 0.75)], [table("x", 1, type)], [table("y", 1)]);
        const { onnx, thresholds } = rewriteModel(model, FEATURE, {});
        expect(thresholds).toEqual({ thresholds: 1, doubles: 1, rounded: Math.fround(t) === t ? 0 : 1, untouched: 0 });
        expect(await scores(onnx, near(t))).toEqual(near(t).map((x) => (takes[mode](x, t) ? 0.25 : 0.75)));
      }
    });
  });

  it("stay as they are behind a computation, whose values are no float32", async () => {
    const half = { name: "half", dataType: DOUBLE, doubleData: [0.5] };
    const nodes = [
      { opType: "Mul", input: ["x", "half"], output: ["scaled"] },
      stump("scaled", "y", "BRANCH_LEQ", 0.1, 0, 1),
    ];
    const { onnx, thresholds } = rewriteModel(
      foreignModel(nodes, [table("x", 1, DOUBLE)], [table("y", 1)], [half]),
      FEATURE,
      {},
    );
    expect(thresholds).toEqual({ thresholds: 1, doubles: 1, rounded: 0, untouched: 1 });
    expect(await scores(onnx, [0.19, 0.21])).toEqual([0, 1]);
  });

  it("of the newer operator branch as the float64 comparison does", async () => {
    for (const [code, mode] of BRANCH_MODES.entries()) {
      const model = foreignModel([newStump("x", "y", code, 0.1, 0.25, 0.75)], [table("x", 1)], [table("y", 1)]);
      model.opsetImport[1]!.version = 5n;
      const { onnx, thresholds } = rewriteModel(model, FEATURE, {});
      expect(thresholds).toEqual({ thresholds: 1, doubles: 1, rounded: 1, untouched: 0 });
      expect(await scores(onnx, near(0.1))).toEqual(near(0.1).map((x) => (takes[mode](x, 0.1) ? 0.25 : 0.75)));
    }
  });

  it("of an unknown kind are refused", () => {
    const model = foreignModel([stump("x", "y", "BRANCH_MEMBER", 0.1, 0, 1)], [table("x", 1)], [table("y", 1)]);
    expect(() => rewriteModel(model, FEATURE, {})).toThrow(/nodes_modes: got BRANCH_MEMBER/);
  });
});

describe("the rewritten model", () => {
  it("takes the column of class 1 or true wherever it stands, and drops ZipMap", async () => {
    for (const [labels, expected] of [
      [ints("classlabels_int64s", [0, 1]), 0.25],
      [ints("classlabels_int64s", [1, 0]), 0.75],
      [texts("classlabels_strings", ["False", "True"]), 0.25],
      [texts("classlabels_strings", ["0", "1"]), 0.25],
    ] as const) {
      expect(await scores(rewriteModel(classifier(labels), FEATURE, {}).onnx, [0.25])).toEqual([expected]);
    }
  });

  it("takes class 1 where each class is an output of its own, as a list", async () => {
    const axes = { name: "axes", dataType: INT64, dims: [1n], int64Data: [1n] };
    const one = { name: "one", dataType: FLOAT, floatData: [1] };
    const nodes = [
      { opType: "Squeeze", input: ["x", "axes"], output: ["i1"] },
      { opType: "Sub", input: ["one", "i1"], output: ["i0"] },
    ];
    const model = foreignModel(nodes, [table("x", 1)], [table("i0", 1), table("i1", 1)], [axes, one]);
    expect(await scores(rewriteModel(model, FEATURE, {}).onnx, [0.25, 0.5])).toEqual([0.25, 0.5]);
  });

  it.each([
    [classifier(ints("classlabels_int64s", [0, 1, 2])), /classes: got 3 \(0, 1, 2\), expected 2/],
    [classifier(ints("classlabels_int64s", [1])), /classes: got 1 \(1\), expected 2/],
    [classifier(ints("classlabels_int64s", [-1, 1])), /classes: got -1, 1, expected 0 and 1/],
    [classifier(texts("classlabels_strings", ["a", "b"])), /classes: got a, b, expected 0 and 1/],
    [foreignModel([identity("x", "y")], [table("x", 1)], [table("y", 2)]), /two columns without class labels/],
    [foreignModel([identity("x", "y")], [table("x", 1)], [table("y", 3)]), /output y: got 3 columns/],
    [
      foreignModel([identity("x", "y")], [table("x", 1)], [table("y", 1, INT64)]),
      /outputs: got y, expected exactly one/,
    ],
    [
      foreignModel([identity("x", "y")], [table("x", 1), table("z", 1)], [table("y", 1)]),
      /inputs: got 2 named columns, of which --features lacks x, z/,
    ],
    [foreignModel([identity("x", "y")], [table("x", 1, INT64)], [table("y", 1)]), /input x: got INT64, expected FLOAT/],
    [foreignModel([identity("x", "y")], [table("x", 2)], [table("y", 1)]), /--features: got 1 names, expected 2/],
  ])("is refused where the model does not fit (%#)", (model, message) => {
    expect(() => rewriteModel(model, FEATURE, {})).toThrow(UserError);
    expect(() => rewriteModel(model, FEATURE, {})).toThrow(message);
  });

  it("has the contract's names though the model uses them otherwise, inside branches too", async () => {
    // probability → features is the foreign model; the branch reads the outer value `features`.
    const branch = create(GraphProtoSchema, {
      name: "branch",
      node: [identity("features", "inner")],
      output: [table("inner", 1)],
    });
    const condition = create(TensorProtoSchema, { name: "yes", dataType: 9, int32Data: [1] });
    const graphs = ["then_branch", "else_branch"].map((name) => ({
      name,
      type: AttributeProto_AttributeType.GRAPH,
      g: branch,
    }));
    const nodes = [
      identity("probability", "features"),
      { opType: "If", input: ["yes"], output: ["result"], attribute: graphs },
    ];
    const model = foreignModel(nodes, [table("probability", 1)], [table("result", 1)], [condition]);
    expect(await scores(rewriteModel(model, FEATURE, {}).onnx, [0.25, 0.5])).toEqual([0.25, 0.5]);
  });

  it("cuts what rounding carries past 0 and 1, but leaves a missing result missing", async () => {
    const model = foreignModel([identity("x", "y")], [table("x", 1)], [table("y", 1)]);
    const { onnx, uncut } = rewriteModel(model, FEATURE, {});
    expect(await scores(onnx, [-0.5, 1.5, 0.25, NaN])).toEqual([0, 1, 0.25, NaN]);
    expect(await scores(uncut, [-0.5, 1.5, 0.25, NaN])).toEqual([-0.5, 1.5, 0.25, NaN]);
  });

  it("runs though the model is of a time when constants had to be inputs", async () => {
    const model = foreignModel(
      [{ opType: "Mul", input: ["x", "half"], output: ["y"] }],
      [table("x", 1), { name: "half", type: table("half", 1).type! }],
      [table("y", 1)],
      [{ name: "half", dataType: FLOAT, dims: [1n, 1n], floatData: [0.5] }],
    );
    model.irVersion = 3n;
    expect(await scores(rewriteModel(model, FEATURE, {}).onnx, [0.5])).toEqual([0.25]);
  });

  it("leaves the model that it was given as it was", () => {
    const model = classifier(ints("classlabels_int64s", [0, 1]));
    rewriteModel(model, FEATURE, {});
    expect(model.graph.node.map(({ opType }) => opType)).toEqual(["Sub", "Concat", "ZipMap"]);
  });
});
