import { describe, expect, it } from "vitest";
import { parseManifest } from "../../src/model/manifest.ts";
import { calibrator } from "../../trainer/calibrate/calibrator.ts";
import type { OperatingGoal } from "../../src/threshold/operating-goal.ts";
import { chooseThreshold } from "../../trainer/calibrate/choose-threshold.ts";
import { calibrateModel } from "../../trainer/fit/fit-model.ts";
import { makeArtifact } from "../../trainer/artifact/make-artifact.ts";
import { zscore } from "../../trainer/candidates/zscore.ts";
import { differingFields } from "../../src/model/decision.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { fitModel, type FittedModel } from "../../trainer/fit/fit-model.ts";
import { innerFolds } from "../../trainer/folds/inner-folds.ts";
import { allRows } from "../../trainer/folds/split.ts";
import { artifact } from "./publish-artifact.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const data = buildDataset(volatileTicks(6000));
const rows = allRows(data);
const provenance = {
  evidence: "recorded" as const,
  source: "test",
  dataFingerprint: "f",
  codeCommit: "a",
  createdAtMs: 0,
};

function fitted(goal: OperatingGoal): FittedModel {
  const context = { data, row: "default-1", seed: 1, threads: 1, imbalance: { spikeWeight: 1, calmShare: 1 } } as const;
  const found = fitModel(zscore, context, { calibration: "platt", goal }, rows, innerFolds(data, rows));
  if ("refused" in found) throw new Error(found.refused);
  return found;
}

describe("the operating points of a manifest", () => {
  const model = fitted({ kind: "recall", target: 0.8 });
  const { manifest } = makeArtifact(model, data, rows, { evaluation: null, gate: null }, provenance);
  const points = manifest.operatingPoints!;

  it("begin with the run's own goal, then other goals, each chosen on the same out-of-fold rows", () => {
    expect(points[0]).toMatchObject({ goal: "recall at least 0.8", threshold: manifest.threshold });
    expect(manifest.goal).toContain("recall at least 0.8: ");
    expect(new Set(points.map(({ goal }) => goal)).size).toBe(points.length);
    expect(points.map(({ goal }) => goal)).toContain("max F1");
    const { scores, labels } = model.outOfFold;
    const probabilities = scores.map(calibrator(model.calibration));
    const { threshold, precision, recall, alertRate } = chooseThreshold({ kind: "f1" }, labels, probabilities);
    expect(points.find(({ goal }) => goal === "max F1")).toEqual({
      ...{ goal: "max F1", threshold, precision, recall, alertRate },
    });
    for (const { goal, recall: reached } of points.filter((one) => one.goal.startsWith("recall"))) {
      expect(reached).toBeGreaterThanOrEqual(Number(/[\d.]+$/.exec(goal)![0]));
    }
  });

  it("are all among the score edges, and part of the sealed decision", () => {
    for (const { threshold } of points) expect(manifest.scoreEdges).toContain(threshold);
    expect(manifest.scoreEdges!.length).toBeLessThanOrEqual(127);
    const [first, ...others] = model.operatingPoints;
    const changed = { ...model, operatingPoints: [{ ...first!, precision: 0.99 }, ...others] };
    const other = makeArtifact(changed, data, rows, { evaluation: null, gate: null }, provenance).manifest;
    expect(other.onnxSha256).not.toBe(manifest.onnxSha256);
    expect(differingFields(manifest, other)).toEqual(["operatingPoints"]);
  });

  it("leave out goals that the rows do not reach, except the run's own", () => {
    // The highest score is calm, so that no threshold has precision 0.8.
    const onTrain = { scores: Float64Array.of(3, 2, 1, 0), labels: Uint8Array.of(0, 1, 0, 0) };
    const unfit = { family: "zscore", score: model.score, notes: [], folds: [] };
    const kind = { calibrateOn: "training-rows", logOdds: false } as const;
    const policy = { calibration: "platt", goal: { kind: "precision", target: 0.8 } } as const;
    const { operating, operatingPoints } = calibrateModel(unfit, policy, onTrain, kind, 60);
    expect(operating.reached).toBe(false);
    expect(operatingPoints.map(({ goal }) => goal)).toEqual([
      "precision at least 0.8",
      "max F1",
      "recall at least 0.5",
      "recall at least 0.8",
      "precision at least 0.5",
      "alert rate at most 0.01",
      "alert rate at most 0.05",
    ]);
  });

  it("are absent in older manifests, and refused where a bin spans one", () => {
    const { manifest: older } = artifact(1);
    expect(older.operatingPoints).toBeUndefined();
    const odd = { ...manifest, operatingPoints: [{ ...points[0]!, threshold: 0.123456789 }] };
    expect(() => parseManifest(odd)).toThrow(
      "manifest.operatingPoints[0].threshold: got 0.123456789, expected one of scoreEdges",
    );
    expect(() => parseManifest({ ...manifest, operatingPoints: [{ goal: "x", threshold: 2 }] })).toThrow(
      "manifest.operatingPoints[0].threshold: got 2",
    );
  });
});
