import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { type Manifest, parseManifest } from "../../src/model/manifest.ts";
import { type Claims, encodeArtifact, makeArtifact, type Provenance } from "../../trainer/artifact/make-artifact.ts";
import { zscore } from "../../trainer/candidates/zscore.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { DECISION_KEY, differingFields } from "../../src/model/decision.ts";
import { decisionSha256 } from "../../model-artifacts/decision-hash.ts";
import { fitModel, type FittedModel } from "../../trainer/fit/fit-model.ts";
import { innerFolds } from "../../trainer/folds/inner-folds.ts";
import { appendMetadata } from "../../trainer/artifact/onnx/append-metadata.ts";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { allRows } from "../../trainer/folds/split.ts";
import { artifact } from "./publish-artifact.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const data = buildDataset(volatileTicks(6000));
const rows = allRows(data);
const model = fitted();
const noClaims: Claims = { evaluation: null, gate: null };
const provenance: Provenance = {
  source: "test",
  evidence: "recorded",
  dataFingerprint: "f",
  codeCommit: "a",
  createdAtMs: 0,
};

function fitted(): FittedModel {
  const context = { data, row: "default-1", seed: 1, threads: 1, imbalance: { spikeWeight: 1, calmShare: 1 } } as const;
  const policy = { calibration: "platt", goal: { kind: "f1" } } as const;
  const found = fitModel(zscore, context, policy, rows, innerFolds(data, rows));
  if ("refused" in found) throw new Error(found.refused);
  return found;
}

const make = (of = model, claims = noClaims, from = provenance) => makeArtifact(of, data, rows, claims, from);
const metadataOf = (onnx: Uint8Array) =>
  fromBinary(ModelProtoSchema, onnx).metadataProps.map(({ key, value }) => [key, value]);

describe("an artifact", () => {
  it("holds the hash of what its manifest decides, after what the file said before", () => {
    const { manifest, onnx } = make();
    const plain = encodeArtifact(model, data);
    expect(metadataOf(onnx)).toEqual([...metadataOf(plain), [DECISION_KEY, decisionSha256(manifest)]]);
    expect(onnx.subarray(0, plain.length)).toEqual(plain);
    expect(manifest.onnxSha256).toBe(sha256Hex(onnx));
    expect(manifest.version).toBe(`1970-01-01-${sha256Hex(onnx).slice(0, 8)}`);
  });

  it("has the same bytes whenever and from whichever commit it is made", () => {
    const [a, b] = [make(), make(model, noClaims, { ...provenance, codeCommit: "b", createdAtMs: 86_400_000 })];
    expect(b.onnx).toEqual(a.onnx);
    expect(differingFields(a.manifest, b.manifest)).toEqual([]);
    expect(make()).toEqual(a);
  });

  it("is another one with another threshold, goal, gate, or data, though the model is the same", () => {
    const { operating } = model;
    const gate = { verdict: "refused", reasons: ["not_chosen"], episodes: 3, gains: {} } as const;
    const variants = [
      make(),
      make({ ...model, operating: { ...operating, threshold: operating.threshold / 2 } }),
      make({ ...model, operating: { ...operating, text: "recall at least 0.8" } }),
      make(model, { evaluation: null, gate }),
      make(model, { evaluation: null, gate: { ...gate, episodes: 4 } }),
      make(model, noClaims, { ...provenance, dataFingerprint: "g" }),
    ];
    expect(new Set(variants.map(({ manifest }) => manifest.onnxSha256)).size).toBe(variants.length);
    expect(variants.map(({ manifest }) => differingFields(variants[0]!.manifest, manifest))).toEqual([
      [],
      // Score bins have the threshold among their edges.
      ["scoreEdges", "threshold"],
      ["goal"],
      ["gate"],
      ["gate"],
      ["dataFingerprint"],
    ]);
  });

  it("says where the quantiles of its forecast lie, sealed, and refuses offsets that descend or are too few", () => {
    const sigma = { logSigma: model.score, offsets: [-0.5, 0, 0.4] };
    const { manifest, onnx } = makeArtifact(model, data, rows, noClaims, provenance, sigma);
    expect(parseManifest(JSON.parse(JSON.stringify(manifest))).sigmaQuantiles).toEqual({ offsets: [-0.5, 0, 0.4] });
    const other = makeArtifact(model, data, rows, noClaims, provenance, { ...sigma, offsets: [-0.6, 0, 0.4] });
    expect(other.manifest.onnxSha256).not.toBe(manifest.onnxSha256);
    expect(onnx.length).toBe(other.onnx.length);
    const without = makeArtifact(model, data, rows, noClaims, provenance, { logSigma: model.score });
    expect(without.manifest).not.toHaveProperty("sigmaQuantiles");
    for (const offsets of [
      [0.4, 0, -0.5],
      [0, 1],
      [NaN, 0, 1],
    ]) {
      expect(() => parseManifest({ ...manifest, sigmaQuantiles: { offsets } })).toThrow("sigmaQuantiles.offsets");
    }
  });
});

describe("the hash of a decision", () => {
  const { manifest } = artifact(1);

  it("does not depend on the order of fields, at any depth", () => {
    const { label } = manifest;
    const turned = (record: object): object => Object.fromEntries(Object.entries(record).reverse());
    const reversed = { ...turned(manifest), label: turned(label) } as Manifest;
    expect(Object.keys(reversed)[0]).not.toBe(Object.keys(manifest)[0]);
    expect(decisionSha256(reversed)).toBe(decisionSha256(manifest));
    expect(differingFields(reversed, manifest)).toEqual([]);
  });

  it("depends on the order of features, and on fields that one of two manifests does not have", () => {
    const features = ["ewma_60_over_tau", "rv_60_over_tau"];
    const two = { ...manifest, features };
    const swapped = { ...manifest, features: features.toReversed(), sigmaOutput: "sigma_ratio" };
    expect(decisionSha256(swapped)).not.toBe(decisionSha256(two));
    expect(differingFields(swapped, two)).toEqual(["features", "sigmaOutput"]);
    expect(differingFields(two, swapped)).toEqual(["features", "sigmaOutput"]);
  });
});

describe("metadata put after a file", () => {
  it("leave the model as it is, for the runtime too", async () => {
    const plain = encodeArtifact(model, data);
    const width = model.score.features.length;
    const row = Float32Array.from({ length: width }, (_, j) => j / 7);
    const answers: number[] = [];
    for (const onnx of [plain, appendMetadata(plain, { note: "é 📈" })]) {
      const session = await OnnxSession.load(onnx);
      answers.push((await session.run(row, width))[0]!);
      await session.release();
    }
    expect(answers[0]).toEqual(expect.any(Number));
    expect(answers[1]).toBe(answers[0]);
    expect(metadataOf(appendMetadata(plain, { note: "é 📈" })).at(-1)).toEqual(["note", "é 📈"]);
  });

  it("are nothing when there are none", () => {
    const plain = encodeArtifact(model, data);
    expect(appendMetadata(plain, {})).toEqual(plain);
  });
});
