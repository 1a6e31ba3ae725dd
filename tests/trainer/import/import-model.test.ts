import { toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gridConfig } from "../../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../../src/features/label-spec.ts";
import { schemaText } from "../../../src/features/schema.ts";
import { DECISION_KEY } from "../../../src/model/decision.ts";
import { decisionSha256 } from "../../../model-artifacts/decision-hash.ts";
import { type GoldenTable, parseGoldenTable } from "../../../trainer/import/golden-table.ts";
import {
  type ImportedModel,
  importModel,
  type ImportRequest,
  tooManyDiffering,
} from "../../../trainer/import/import-model.ts";
import { type ParsedModel, parseOnnx } from "../../../trainer/import/parse-onnx.ts";
import { doubles } from "../../../trainer/import/tree-thresholds.ts";
import { sha256Hex } from "../../../model-artifacts/sha256.ts";
import { UserError } from "../../../command-line/user-error.ts";
import { seededUniform } from "../volatile-ticks.ts";
import { FLOAT, foreignModel, INT64, int, table } from "./foreign-models.ts";

// Exports and predictions by scikit-learn and LightGBM; golden/make-golden.py says which, and how.
const GOLDEN = join(import.meta.dirname, "golden");
const FEATURES = ["rv_60_over_tau", "ewma_60_over_tau", "jump_share_300", "imbalance_60"];

const bytesOf = (name: string): Buffer => readFileSync(join(GOLDEN, `${name}.onnx`));
const goldenOf = (name: string): GoldenTable =>
  parseGoldenTable(readFileSync(join(GOLDEN, `${name}.csv`), "utf8"), FEATURES, `${name}.csv`);

async function imported(
  bytes: Uint8Array,
  golden: GoldenTable | null,
  features = FEATURES,
  threshold = 0.3,
  request: Partial<ImportRequest> = {},
): Promise<ImportedModel> {
  return await importModel(bytes, {
    file: "model.onnx",
    name: "foreign",
    features,
    row: "default-1",
    stepMs: 60_000,
    source: "mid",
    label: { ...DEFAULT_LABEL_SPEC, source: "mid" },
    threshold,
    golden,
    codeCommit: "c0ffee",
    createdAtMs: Date.UTC(2025, 11, 6),
    ...request,
  });
}

describe("an export of another library", () => {
  it.each([
    ["sklearn-forest", 340, 262, 0],
    ["sklearn-regressor", 340, 265, 0],
    ["sklearn-hist", 262, 120, 0],
    ["sklearn-logistic", 200, 0, 0],
    ["lightgbm-often", 100, 6, 0],
    ["double-trees", 331, 136, 136],
    ["double-thresholds", 331, 136, 136],
  ])(
    "%s predicts what its library predicts, on and around every threshold",
    async (name, rows, thresholds, asDouble) => {
      const { comparison, thresholds: tally } = await imported(bytesOf(name), goldenOf(name));
      expect(comparison).toMatchObject({ rows, differing: 0, batchDependent: 0 });
      expect(comparison!.maxDifference).toBeLessThan(2e-7);
      expect(tally).toMatchObject({ thresholds, doubles: asDouble, untouched: 0 });
    },
  );

  it("says what it was trained on only where the import was told", async () => {
    const bytes = bytesOf("sklearn-logistic");
    const evidence = async (request: object) =>
      (await imported(bytes, null, FEATURES, 0.3, request)).artifact.manifest.evidence;
    expect([await evidence({}), await evidence({ evidence: "recorded" })]).toEqual([undefined, "recorded"]);
  });

  it("of LightGBM differs only on rows that lie on a threshold which its converter rounded upwards", async () => {
    const golden = goldenOf("lightgbm");
    const { comparison } = await imported(bytesOf("lightgbm"), golden);
    // The first 100 rows are data, the others were put on and around thresholds.
    expect(comparison).toMatchObject({ rows: 262, differing: 10, batchDependent: 0 });
    expect(comparison!.worstRow).toBeGreaterThanOrEqual(100);
    const data = { values: golden.values.slice(0, 400), probabilities: golden.probabilities.slice(0, 100) };
    expect((await imported(bytesOf("lightgbm"), data)).comparison).toMatchObject({ rows: 100, differing: 0 });
  });

  it("differs when its float64 thresholds are rounded to nearest, as this import does not", async () => {
    const model = parseOnnx(bytesOf("double-trees"), "double-trees");
    const tensor = model.graph.node[0]!.attribute.find(({ name }) => name === "nodes_values_as_tensor")!.t!;
    tensor.doubleData = doubles(tensor).map(Math.fround);
    tensor.rawData = new Uint8Array();
    const { comparison } = await imported(toBinary(ModelProtoSchema, model), goldenOf("double-trees"));
    expect(comparison!.differing).toBeGreaterThan(0);
  });

  it.each([
    ["sklearn-three-classes", /classes: got 3 \(0, 1, 2\), expected 2/],
    ["sklearn-words", /classes: got calm, spike, expected 0 and 1/],
    ["sklearn-without-imputer", /output: got NaN for missing inputs .* put an imputer in front/],
  ])("%s is refused", async (name, message) => {
    await expect(imported(bytesOf(name), null)).rejects.toThrow(UserError);
    await expect(imported(bytesOf(name), null)).rejects.toThrow(message);
  });

  it("says when it is on rows with missing values that they differ", async () => {
    const golden = goldenOf("lightgbm");
    const probabilities = golden.probabilities.map((p, i) =>
      golden.values.subarray(4 * i, 4 * i + 4).some(isNaN) ? 0 : p,
    );
    const { comparison, artifact } = await imported(bytesOf("lightgbm"), { ...golden, probabilities });
    const { differing, differingWithMissing } = comparison!;
    expect(differingWithMissing).toBe(probabilities.filter((p) => p === 0).length);
    expect(differing).toBe(differingWithMissing + 10);
    expect(artifact.manifest.goal).toContain(`${differingWithMissing} of them have missing values`);
  });

  it("is refused when a single row with missing values differs, however many may", async () => {
    const golden = goldenOf("sklearn-hist");
    const hasMissing = (i: number): boolean => golden.values.subarray(4 * i, 4 * i + 4).some(isNaN);
    const withDifferent = async (row: number) => {
      const probabilities = golden.probabilities.map((p, i) => (i === row ? 1 - p : p));
      return await imported(bytesOf("sklearn-hist"), { ...golden, probabilities });
    };
    const rows = [...golden.probabilities.keys()].filter((i) => Math.abs(golden.probabilities[i]! - 0.5) > 0.01);
    const [holed, plain] = [rows.find(hasMissing)!, rows.find((i) => !hasMissing(i))!];
    expect(tooManyDiffering(await withDifferent(plain), 0.01)).toBeUndefined();
    for (const share of [0.01, 1]) {
      expect(tooManyDiffering(await withDifferent(holed), share)).toMatch(
        /^1 of 262 rows differ by more than 0.000001 and have missing values, .* put an imputer in front/,
      );
    }
  });

  it("is reported when no golden row has a missing value, as live rows do, and not when some have", async () => {
    const cases = join(import.meta.dirname, "../../fixtures/cases/19-golden-table-without-missing");
    const bytes = readFileSync(join(cases, "m.onnx"));
    const features = readFileSync(join(cases, "golden.csv"), "utf8").split("\n")[0]!.trim().split(",").slice(0, -1);
    const check = async (file: string) => {
      const golden = parseGoldenTable(readFileSync(join(cases, file), "utf8"), features, file);
      return await imported(bytes, golden, features, 0.3, { row: "peer-10" });
    };
    const whole = await check("golden.csv");
    expect(whole.comparison).toMatchObject({ differing: 0 });
    expect(whole.warnings).toEqual([
      expect.stringMatching(/^no golden row has a missing value, though live rows have/),
    ]);
    expect(whole.artifact.manifest.goal).toContain("no golden row has a missing value");
    const holed = await check("golden_nan.csv");
    expect(holed.warnings).toEqual([]);
    expect(holed.comparison!.differingWithMissing).toBeGreaterThan(holed.comparison!.rows / 2);
  });

  it("counts the rows that differ, and finds the worst", async () => {
    const golden = goldenOf("sklearn-forest");
    const probabilities = golden.probabilities.slice();
    for (const i of [3, 50, 120]) probabilities[i] = probabilities[i]! > 0.5 ? 0.1 : 0.9;
    probabilities[7]! += 5e-7;
    probabilities[50] = probabilities[50]! > 0.5 ? 0 : 1;
    const { comparison, artifact } = await imported(bytesOf("sklearn-forest"), { ...golden, probabilities });
    const expected = Math.max(...[3, 50, 120].map((i) => Math.abs(probabilities[i]! - golden.probabilities[i]!)));
    expect(comparison).toMatchObject({ rows: 340, differing: 3, differingWithMissing: 0 });
    expect(comparison!.maxDifference).toBeCloseTo(expected, 6);
    expect(artifact.manifest.goal).toContain("340 golden rows, of which 3 differ by more than 0.000001");
    expect(artifact.manifest.goal).toContain(`in row ${comparison!.worstRow}`);
  });
});

describe("its manifest", () => {
  it("claims nothing, and says that nothing was checked when nothing was", async () => {
    const bytes = bytesOf("sklearn-forest");
    const { artifact, producer } = await imported(bytes, null);
    const { manifest, onnx } = artifact;
    expect(manifest).toMatchObject({
      format: 2,
      name: "foreign",
      family: "imported",
      version: `2025-12-06-${sha256Hex(onnx).slice(0, 8)}`,
      row: "default-1",
      features: FEATURES,
      schemaHash: sha256Hex(schemaText("default-1", gridConfig(60_000, "mid"), 60)),
      label: { source: "mid" },
      input: "features",
      output: "probability",
      calibration: { method: "none" },
      threshold: 0.3,
      evaluation: null,
      gate: { verdict: "refused", reasons: ["not_evaluated"], episodes: 0, gains: {} },
      dataFingerprint: sha256Hex(bytes),
      codeCommit: "c0ffee",
      onnxSha256: sha256Hex(onnx),
    });
    expect(manifest.goal).toContain("nothing was checked");
    expect(producer).toBe("skl2onnx 1.20.0");
  });

  it("and its file are the same for the same model", async () => {
    const [a, b] = [await imported(bytesOf("lightgbm"), null), await imported(bytesOf("lightgbm"), null)];
    expect(a.artifact).toEqual(b.artifact);
  });

  it("is part of the file: what was checked, and what is decided, make another artifact", async () => {
    const bytes = bytesOf("sklearn-forest");
    const artifacts = [
      (await imported(bytes, null)).artifact,
      (await imported(bytes, goldenOf("sklearn-forest"))).artifact,
      (await imported(bytes, null, FEATURES, 0.4)).artifact,
    ];
    expect(new Set(artifacts.map(({ manifest }) => manifest.onnxSha256)).size).toBe(3);
    for (const { manifest, onnx } of artifacts) {
      const entries = parseOnnx(onnx, "model.onnx").metadataProps.filter(({ key }) => key === DECISION_KEY);
      expect(entries.map(({ value }) => value)).toEqual([decisionSha256(manifest)]);
    }
  });
});

describe("a file that is no servable model", () => {
  const forest = bytesOf("sklearn-forest");
  const uniform = seededUniform(3);
  const random = Uint8Array.from({ length: 5000 }, () => 256 * uniform());
  const oldOpset = foreignModel(
    [{ opType: "Identity", input: ["x"], output: ["y"] }],
    [table("x", 4)],
    [table("y", 1)],
  );
  oldOpset.opsetImport[0]!.version = 7n;

  it.each([
    ["nothing", new Uint8Array(), /model\.onnx: got 0 bytes without a graph/],
    ["random bytes", random, /model\.onnx: got 5000 bytes/],
    ["text", new TextEncoder().encode('{"model": 1}'), /model\.onnx: got 12 bytes/],
    ["half a file", forest.subarray(0, forest.length / 2), /model\.onnx: got \d+ bytes that are no whole ONNX model/],
    ["an old one", toBinary(ModelProtoSchema, oldOpset), /got opset 7, expected 8 or newer/],
  ])("is refused: %s", async (_, bytes, message) => {
    await expect(imported(bytes, null)).rejects.toThrow(UserError);
    await expect(imported(bytes, null)).rejects.toThrow(message);
  });

  it("is always reported as the user's mistake, wherever the file is cut or damaged", async () => {
    const small = bytesOf("sklearn-logistic");
    for (let i = 0; i < 60; i++) {
      const damaged = Uint8Array.from(small.subarray(0, i % 2 === 0 ? small.length : small.length * uniform()));
      for (let k = 0; k < 3; k++) damaged[Math.floor(uniform() * damaged.length)] = 256 * uniform();
      try {
        await imported(damaged, null);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  });

  const single = (opType: string, domain = ""): Uint8Array => {
    const model: ParsedModel = foreignModel(
      [{ opType, domain, input: ["x"], output: ["y"] }],
      [table("x", 1)],
      [table("y", 1)],
    );
    if (domain !== "") model.opsetImport.push({ ...model.opsetImport[0]!, domain });
    return toBinary(ModelProtoSchema, model);
  };

  it.each([
    [
      "an operator that nobody has",
      single("Clairvoyance"),
      /the model does not load in onnxruntime-web: .*Clairvoyance/,
    ],
    ["an operator of someone else's", single("Oracle", "com.example"), /the model does not load .*Oracle/],
    ["missing results of missing inputs", single("Exp"), /output: got NaN for missing inputs/],
    ["one answer for all rows", single("Size"), /output: got 1 values for 3 rows, expected one a row/],
  ])("is refused: %s", async (_, bytes, message) => {
    await expect(imported(bytes, null, ["imbalance"])).rejects.toThrow(UserError);
    await expect(imported(bytes, null, ["imbalance"])).rejects.toThrow(message);
  });

  it("is refused when it takes all values missing, but not one alone", async () => {
    // One half without the second column, else the first.
    const nodes = [
      { opType: "Gather", input: ["x", "zero"], output: ["first"], attribute: [int("axis", 1)] },
      { opType: "Gather", input: ["x", "one"], output: ["second"], attribute: [int("axis", 1)] },
      { opType: "IsNaN", input: ["second"], output: ["missing"] },
      { opType: "Where", input: ["missing", "half", "first"], output: ["y"] },
    ];
    const constants = [
      { name: "zero", dataType: INT64, dims: [1n], int64Data: [0n] },
      { name: "one", dataType: INT64, dims: [1n], int64Data: [1n] },
      { name: "half", dataType: FLOAT, floatData: [0.5] },
    ];
    const bytes = toBinary(ModelProtoSchema, foreignModel(nodes, [table("x", 2)], [table("y", 1)], constants));
    const features = ["imbalance", "imbalance_60"];
    await expect(imported(bytes, null, features)).rejects.toThrow(/got NaN for one missing input \(row 0\)/);
  });

  it("is refused when a golden row shows that it gives no probabilities", async () => {
    // Zeros and missing values look fine: clean ones only.
    const nodes = [
      { opType: "IsNaN", input: ["x"], output: ["missing"] },
      { opType: "Where", input: ["missing", "zero", "x"], output: ["y"] },
    ];
    const zero = { name: "zero", dataType: 1, floatData: [0] };
    const bytes = toBinary(ModelProtoSchema, foreignModel(nodes, [table("x", 1)], [table("y", 1)], [zero]));
    const golden = { values: Float32Array.of(0.2, 30), probabilities: Float64Array.of(0.2, 1) };
    await expect(imported(bytes, golden, ["imbalance"])).rejects.toThrow(/got 30 for the golden table \(row 1\)/);
    const { comparison, warnings } = await imported(bytes, null, ["imbalance"]);
    expect(comparison).toBeNull();
    expect(warnings).toEqual([expect.stringMatching(/^the output reaches .* is cut to 0 … 1: is it a probability\?$/)]);
  });

  /** `0.3 + 5 x`, a missing `x` being 0. */
  const logits = (): ParsedModel => {
    const nodes = [
      { opType: "IsNaN", input: ["x"], output: ["missing"] },
      { opType: "Where", input: ["missing", "zero", "x"], output: ["known"] },
      { opType: "Mul", input: ["known", "slope"], output: ["product"] },
      { opType: "Add", input: ["product", "start"], output: ["y"] },
    ];
    const constant = (name: string, value: number) => ({ name, dataType: 1, floatData: [value] });
    const constants = [constant("zero", 0), constant("slope", 5), constant("start", 0.3)];
    return foreignModel(nodes, [table("x", 1)], [table("y", 1)], constants);
  };

  it("is refused when it gives logits, though those of zeros lie in 0 … 1", async () => {
    const bytes = toBinary(ModelProtoSchema, logits());
    await expect(imported(bytes, null, ["rv_60_over_tau"])).rejects.toThrow(
      /for ordinary rows .*expected a probability/,
    );
  });

  it("is refused before it runs when it may run for ever", async () => {
    const nodes = [{ opType: "Loop", input: ["", "", "x"], output: ["y"] }];
    const bytes = toBinary(ModelProtoSchema, foreignModel(nodes, [table("x", 1)], [table("y", 1)]));
    await expect(imported(bytes, null, ["imbalance"])).rejects.toThrow(/got Loop, whose end depends on data/);
  });

  it("of several outputs and columns is told apart by output and column", async () => {
    const model = logits();
    model.graph.node.push(
      ...foreignModel(
        [
          { opType: "Sigmoid", input: ["y"], output: ["p"] },
          { opType: "Sub", input: ["zero", "y"], output: ["minus"] },
          { opType: "Sigmoid", input: ["minus"], output: ["q"] },
          { opType: "Concat", input: ["q", "p"], output: ["both"], attribute: [int("axis", 1)] },
        ],
        [table("x", 1)],
        [table("both", 2)],
      ).graph.node,
    );
    model.graph.output.push(foreignModel([], [], [table("both", 2)]).graph.output[0]!);
    const bytes = toBinary(ModelProtoSchema, model);
    const read = async (request: Partial<ImportRequest>) =>
      await imported(bytes, null, ["rv_60_over_tau"], 0.3, request);
    await expect(read({})).rejects.toThrow(/outputs: got y, both, expected exactly one tensor of floats; .*--output/);
    await expect(read({ output: "both" })).rejects.toThrow(/--column/);
    await expect(read({ output: "other" })).rejects.toThrow(/--output: got other, expected one of .*: y, both/);
    await expect(read({ output: "both", column: 2 })).rejects.toThrow(/--column: got 2, expected 0 to 1/);
    expect((await read({ output: "both", column: 1 })).output).toEqual({ value: "both", column: 1 });
  });
});
