import { describe, expect, it } from "vitest";
import { driftFeature } from "../../../src/drift/drift-reference.ts";
import { parseManifest } from "../../../src/model/manifest.ts";
import { DEFAULT_1 } from "../../../src/features/schema.ts";
import { manifestText } from "../../../model-artifacts/artifact.ts";
import { applyModel } from "../../../trainer/score/apply-model.ts";
import { makeArtifact } from "../../../trainer/artifact/make-artifact.ts";
import { gbdt } from "../../../trainer/candidates/gbdt.ts";
import { zscore } from "../../../trainer/candidates/zscore.ts";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { heldOutProbabilities } from "../../../trainer/drift/held-out-probabilities.ts";
import { DriftReferences } from "../../../trainer/drift/drift-references.ts";
import { fitModel } from "../../../trainer/fit/fit-model.ts";
import { innerFolds } from "../../../trainer/folds/inner-folds.ts";
import { allRows } from "../../../trainer/folds/split.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";

const data = buildDataset(volatileTicks(12_000));
const rows = allRows(data);
const half = { positions: rows, probabilities: new Float64Array(rows.length).fill(0.5) };

describe("DriftReferences", () => {
  it("freezes the model's columns in its order, then the probability", () => {
    const features = ["rv_60_over_tau", "rv_10_over_tau"];
    const reference = new DriftReferences(data, 0.05).of({ row: "default-1", features }, half);
    expect(reference.features.map(({ name }) => name)).toEqual([...features, "probability"]);
    const at = DEFAULT_1.findIndex(({ name }) => name === "rv_60_over_tau");
    const values = Float64Array.from(rows, (k) => data.rows.values["default-1"][k * DEFAULT_1.length + at]!);
    const exact = driftFeature("exact", values).quantiles;
    reference.features[0]!.quantiles.forEach((q, k) => expect(q).toBeCloseTo(exact[k]!, 5));
    expect(reference.features[2]).toMatchObject({ missingShare: 0, deviation: 0 });
  });

  it("has no thresholds from three hours, and says so for each window", () => {
    const { windows } = new DriftReferences(data, 0.05).of({ row: "default-1", features: ["rv_60_over_tau"] }, half);
    expect(windows.map(({ name, thresholds }) => [name, thresholds])).toEqual([
      ["1h", null],
      ["24h", null],
    ]);
    expect(windows[0]!.reason).toMatch(/^[23] training windows of 1h, at least 19 needed$/);
  });

  it("names its only symbol, which is compared as it is", () => {
    const one = new DriftReferences(data, 0.05).of({ row: "default-1", features: ["rv_60_over_tau"] }, half);
    expect(one.symbols).toEqual([{ name: "BTC-USD", shifts: [], scales: [], windows: [] }]);
  });

  it("places each of several symbols onto one distribution", () => {
    const two = buildDataset([...volatileTicks(9000, { symbol: "A-USD" }), ...volatileTicks(9000, { symbol: "B-USD", seed: 3 })]); // prettier-ignore
    const at = DEFAULT_1.findIndex(({ name }) => name === "rv_60_over_tau");
    const { symbol, values } = two.rows;
    const raw = (k: number): number => values["default-1"][k * DEFAULT_1.length + at]!;
    // The second symbol is wider: its values are 4x + 1.
    for (let k = 0; k < two.rows.count; k++) {
      if (symbol[k] === 1) values["default-1"][k * DEFAULT_1.length + at] = 4 * raw(k) + 1;
    }
    const all = allRows(two);
    const scored = { positions: all, probabilities: Float64Array.from(all, (k) => (symbol[k] === 1 ? 0.2 : 0.1)) };
    const reference = new DriftReferences(two, 0.05).of({ row: "default-1", features: ["rv_60_over_tau"] }, scored);
    const moments = reference.symbols!.map(({ shifts, scales }, s) => {
      const own = [...all].filter((k) => symbol[k] === s && Number.isFinite(raw(k)));
      const moved = own.map((k) => shifts[0]! + scales[0]! * raw(k));
      const mean = moved.reduce((a, b) => a + b, 0) / moved.length;
      return { mean, variance: moved.reduce((sum, x) => sum + (x - mean) ** 2, 0) / moved.length };
    });
    expect(moments[0]!.mean).toBeCloseTo(moments[1]!.mean, 6);
    expect(moments[0]!.variance).toBeCloseTo(moments[1]!.variance, 6);
    expect(Math.sqrt(moments[0]!.variance)).toBeCloseTo(reference.features[0]!.deviation, 5);
    // A constant score is moved only.
    expect(reference.symbols!.map(({ scales }) => scales[1])).toEqual([1, 1]);
    expect(reference.features[1]!.deviation).toBeCloseTo(0, 10);
  });

  it("freezes a column without values as one without quantiles", () => {
    const bars = buildDataset(volatileTicks(6000).map((tick) => ({ ...tick, bidSize: NaN, askSize: NaN })));
    const reference = new DriftReferences(bars, 0.05).of(
      { row: "default-1", features: ["imbalance"] },
      { positions: allRows(bars), probabilities: new Float64Array(bars.rows.count) },
    );
    expect(reference.features[0]).toEqual({ name: "imbalance", quantiles: [], missingShare: 1, deviation: 0 });
  });

  it("answers for an empty dataset", () => {
    const empty = buildDataset([]);
    const none = { positions: new Int32Array(0), probabilities: new Float64Array(0) };
    const reference = new DriftReferences(empty, 0.05).of({ row: "peer-10", features: ["trade_intensity_300s"] }, none);
    expect(reference.windows.map(({ nullWindows, thresholds }) => [nullWindows, thresholds])).toEqual([
      [0, null],
      [0, null],
    ]);
  });

  it("names the argument that is out of range", () => {
    expect(() => new DriftReferences(data, 0)).toThrow("alpha: got 0");
    expect(() => new DriftReferences(data, NaN)).toThrow("alpha: got NaN");
    const references = new DriftReferences(data, 0.05);
    expect(() => references.of({ row: "default-1", features: ["hour"] }, half)).toThrow("features: got hour");
  });
});

describe("heldOutProbabilities", () => {
  const data = buildDataset(volatileTicks(4500));
  const rows = allRows(data);
  const context = { data, row: "default-1", seed: 1, threads: 1, imbalance: { spikeWeight: 1, calmShare: 1 } } as const;
  const policy = { calibration: "platt", goal: { kind: "f1" } } as const;
  const fit = (folds: ReturnType<typeof innerFolds>) => {
    const model = fitModel(gbdt, context, policy, rows, folds);
    if ("refused" in model) throw new Error(model.refused);
    return model;
  };
  const model = fit(innerFolds(data, rows));

  it("are those of the inner folds' held-out rows, not those of the rows that the model has learned", () => {
    const { positions, probabilities } = heldOutProbabilities(model, data, rows);
    expect(Array.from(positions)).toEqual(innerFolds(data, rows).flatMap(({ test }) => Array.from(test)));
    expect(positions.length).toBeLessThan(rows.length);
    const learned = applyModel(model, data, positions);
    const loss = (p: Float64Array) =>
      positions.reduce((sum, k, i) => sum + (p[i]! - data.rows.label[k]!) ** 2, 0) / positions.length;
    expect(loss(learned)).toBeLessThan(loss(probabilities));
  });

  it("are those of all rows when nothing was held out", () => {
    const none = { ...model, outOfFold: { scores: new Float64Array(0), labels: new Uint8Array(0) } };
    const { positions, probabilities } = heldOutProbabilities(none, data, rows);
    expect(positions).toEqual(rows);
    expect(probabilities).toEqual(applyModel(model, data, rows));
  });

  it("refuse scores that are not those of the folds", () => {
    const other = { ...model, outOfFold: { scores: new Float64Array(3), labels: new Uint8Array(3) } };
    expect(() => heldOutProbabilities(other, data, rows)).toThrow(/held-out rows: \d+ rows in the inner folds, 3 held/);
  });
});

describe("a manifest with a reference", () => {
  const context = { data, row: "default-1", seed: 1, threads: 1, imbalance: { spikeWeight: 1, calmShare: 1 } } as const;
  const fitted = fitModel(zscore, context, { calibration: "platt", goal: { kind: "f1" } }, rows, []);
  if ("refused" in fitted) throw new Error(fitted.refused);
  const drift = new DriftReferences(data, 0.1).of(fitted.score, heldOutProbabilities(fitted, data, rows));
  const provenance = { evidence: "recorded", source: "test", dataFingerprint: "f", codeCommit: "c", createdAtMs: FROM_MS } as const; // prettier-ignore
  const { manifest } = makeArtifact(fitted, data, rows, { evaluation: null, gate: null, drift }, provenance);

  it("survives being written and read, in few lines", () => {
    const read = parseManifest(JSON.parse(manifestText(manifest)));
    expect(read).toEqual(manifest);
    expect(read.drift!.features.map(({ name }) => name)).toEqual([...manifest.features, "probability"]);
    expect(parseManifest({ ...read, drift: undefined }).drift).toBeNull();
    // Thousands of numbers, but not a line for each.
    expect(manifestText(manifest).split("\n").length).toBeLessThan(200 + 8 * manifest.features.length);
  });

  it("is refused with a reference of other columns, or of these in another order", () => {
    const turned = { ...drift, features: drift.features.toReversed() };
    expect(() => parseManifest({ ...manifest, drift: turned })).toThrow(
      `manifest.drift.features[0].name: got "probability", expected ${manifest.features[0]}`,
    );
    const short = { ...drift, features: drift.features.slice(1) };
    expect(() => parseManifest({ ...manifest, drift: short })).toThrow(/manifest\.drift\.windows|features/);
  });
});
