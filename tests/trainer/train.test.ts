import { describe, expect, it } from "vitest";
import { DEFAULT_1, PEER_10, schemaText } from "../../src/features/schema.ts";
import { BASELINES, parseManifest } from "../../src/model/manifest.ts";
import { manifestText } from "../../trainer/artifact.ts";
import type { Candidate } from "../../trainer/candidates/candidate.ts";
import { logistic } from "../../trainer/candidates/logistic.ts";
import { zscore } from "../../trainer/candidates/zscore.ts";
import { buildDataset, type Dataset } from "../../trainer/dataset.ts";
import { fitModel, type FittedModel } from "../../trainer/fit-model.ts";
import { innerFolds } from "../../trainer/inner-folds.ts";
import { calibrated, scoreRow } from "../../trainer/linear-score.ts";
import { encodeLinearModel } from "../../trainer/onnx/linear-graph.ts";
import { maxF1Threshold } from "../../trainer/operating-threshold.ts";
import { resultText } from "../../trainer/report-text.ts";
import { sha256Hex } from "../../trainer/sha256.ts";
import { allRows, purgedSplit } from "../../trainer/split.ts";
import { train, type TrainingPlan } from "../../trainer/train.ts";
import { verifyModel } from "../../trainer/verify.ts";
import { FROM_MS, volatileTicks } from "./volatile-ticks.ts";

const ticks = volatileTicks(9000);
const makeData = (): Dataset => buildDataset(ticks);
const plan: TrainingPlan = {
  testAt: { share: 0.4 },
  provenance: { source: "test", dataFingerprint: "f", codeCommit: "unknown", createdAtMs: FROM_MS },
  publishFigures: true,
};

function fitted(candidate: typeof logistic, data: Dataset, rows: Int32Array): FittedModel {
  const model = fitModel(candidate, data, rows);
  if ("refused" in model) throw new Error(model.refused);
  return model;
}

/** Scores of some rows by a model fitted on others, with the settings that all rows give. */
function scoresOf(candidate: Candidate, data: Dataset, train: Int32Array, rows: Int32Array): number[] {
  const prepared = candidate.prepare(data, allRows(data), innerFolds(data, allRows(data)));
  if ("refused" in prepared) throw new Error(prepared.refused);
  const score = prepared.fit(train);
  return [...rows].map((k) => scoreRow(score, data.rows.values["default-1"], k * DEFAULT_1.length));
}

describe("a training run", async () => {
  const data = makeData();
  const result = await train(data, plan);
  const artifacts = result.families.map(({ artifact }) => artifact!);

  it("gives the baselines and the logistic model, with figures", () => {
    expect(result.families.map(({ family }) => family)).toEqual([...BASELINES, "logistic"]);
    for (const { figures } of result.families) expect(figures?.prAuc).toBeGreaterThan(0);
    expect(result.test.rows + result.train.rows + result.purged).toBe(data.rows.count);
  });

  it("writes manifests that the gateway's parser accepts and that name file and schema", () => {
    for (const { manifest, onnx } of artifacts) {
      expect(parseManifest(JSON.parse(manifestText(manifest)))).toEqual(manifest);
      expect(manifest.onnxSha256).toBe(sha256Hex(onnx));
      expect(manifest.schemaHash).toBe(sha256Hex(schemaText(manifest.row, data.config.grid)));
      expect(manifest.training.rows).toBe(data.rows.count);
      expect(manifest.goal).toBe("max F1 on out-of-fold training scores");
      expect(manifest.evaluation?.episodes).toBe(result.test.episodes);
    }
  });

  it("gives identical bytes when run again", async () => {
    const again = await train(makeData(), plan);
    again.families.forEach(({ artifact }, i) => {
      expect(artifact!.onnx).toEqual(artifacts[i]!.onnx);
      expect(artifact!.manifest).toEqual(artifacts[i]!.manifest);
    });
  });

  it("warns when there are few episodes", () => {
    expect(result.test.episodes).toBeLessThan(10);
    expect(resultText(result)).toMatch(/WARNING: only \d+ test episodes/);
    const plenty = { ...result.test, episodes: 10 };
    expect(resultText({ ...result, train: plenty, test: plenty })).not.toContain("WARNING");
  });

  it("refuses data whose training rows know one outcome only", async () => {
    const calm = makeData();
    calm.rows.label.fill(0);
    await expect(train(calm, plan)).rejects.toThrow(/both outcomes are needed/);
  });
});

describe("fitting", () => {
  it("looks at nothing after the training rows", () => {
    const data = makeData();
    const { train: rows, test } = purgedSplit(data, allRows(data), FROM_MS + 6000_000);
    const before = [logistic, zscore].map((candidate) => fitted(candidate, data, rows));
    for (const k of test) data.rows.label[k] = 1 - data.rows.label[k]!;
    data.rows.values["default-1"].fill(9, test[0]! * DEFAULT_1.length);
    data.rows.values["peer-10"].fill(9, test[0]! * PEER_10.length);
    expect([logistic, zscore].map((candidate) => fitted(candidate, data, rows))).toEqual(before);
  });

  it("scores held-out blocks with models of the purged rows before them only", () => {
    const data = makeData();
    const rows = allRows(data);
    const fittedOn: Int32Array[] = [];
    const spy: Candidate = {
      ...zscore,
      prepare: (...args) => {
        const prepared = zscore.prepare(...args);
        if ("refused" in prepared) return prepared;
        return { ...prepared, fit: (part) => (fittedOn.push(part), prepared.fit(part)) };
      },
    };
    fitted(spy, data, rows);
    expect(fittedOn).toEqual([rows, ...innerFolds(data, rows).map((fold) => fold.train)]);
  });

  it("drops and names a column without finite training values", () => {
    const data = makeData();
    const column = DEFAULT_1.findIndex(({ name }) => name === "imbalance_60");
    for (let k = 0; k < data.rows.count; k++) data.rows.values["default-1"][k * DEFAULT_1.length + column] = NaN;
    const { score } = fitted(logistic, data, allRows(data));
    expect(score.dropped).toContainEqual({ name: "imbalance_60", reason: "no finite value in the training rows" });
    expect(score.features).not.toContain("imbalance_60");
    expect(score.features.length + score.dropped.length).toBe(DEFAULT_1.length);
  });

  it("refuses a logistic model when no inner fold can judge it", () => {
    const data = makeData();
    data.rows.label.fill(0);
    data.rows.label[data.rows.count - 1] = 1;
    expect(fitModel(logistic, data, allRows(data))).toHaveProperty("refused");
    expect(fitModel(zscore, data, allRows(data))).toHaveProperty(
      "goal",
      "max F1 on training scores (no usable inner fold)",
    );
  });

  describe("with spikes in the first part of the rows only", () => {
    /** Every third row up to this share is a spike, none after. */
    const withSpikesUpTo = (share: number): Dataset => {
      const data = makeData();
      const last = data.rows.count * share;
      data.rows.label.forEach((_, k) => (data.rows.label[k] = k < last && k % 3 === 0 ? 1 : 0));
      return data;
    };

    it("refuses a logistic model when every held-out block is calm, and says why", async () => {
      const data = withSpikesUpTo(0.1);
      expect(innerFolds(data, allRows(data))).toHaveLength(4);
      const why = "the inner folds' held-out blocks hold one outcome only: nothing to calibrate on";
      expect(fitModel(logistic, data, allRows(data))).toEqual({ refused: why });
      const result = await train(data, plan);
      expect(result.families.map(({ artifact }) => artifact !== null)).toEqual([true, true, true, false]);
      expect(resultText(result)).toContain(`logistic        not fitted: ${why}`);
    });

    it("calibrates on all held-out blocks together, so that calm ones keep their weight in the base rate", () => {
      const data = withSpikesUpTo(0.39);
      const model = fitted(logistic, data, allRows(data));
      let spikes = 0;
      const probabilities = innerFolds(data, allRows(data)).flatMap((fold) => {
        spikes += fold.test.reduce((sum, k) => sum + data.rows.label[k]!, 0);
        return [...scoresOf(logistic, data, fold.train, fold.test)].map((s) => calibrated(model.calibration, s));
      });
      const mean = probabilities.reduce((sum, p) => sum + p, 0) / probabilities.length;
      expect(spikes).toBeGreaterThan(0);
      expect(mean).toBeCloseTo(spikes / probabilities.length, 2);
    });

    it("keeps the figures and writes no artifact when only the fit on all rows has nothing to calibrate on", async () => {
      const result = await train(withSpikesUpTo(0.19), plan);
      const { figures, artifact, refused } = result.families.at(-1)!;
      expect([figures === null, artifact]).toEqual([false, null]);
      expect(refused).toBe(
        "refitted on all rows: the inner folds' held-out blocks hold one outcome only: nothing to calibrate on",
      );
      expect(resultText(result)).toContain(`logistic: no artifact, ${refused}`);
    });
  });

  it("makes zscore the plain mean of the standardised columns, a missing one counting 0", () => {
    const data = makeData();
    const rows = allRows(data);
    const { score } = fitted(zscore, data, rows);
    const width = PEER_10.length;
    const values = data.rows.values["peer-10"];
    const k = 1234;
    values[k * width + 3] = NaN;
    const sum = score.columns.reduce((total, column, j) => {
      let squares = 0;
      let count = 0;
      for (const i of rows) {
        const x = values[i * width + column]!;
        if (Number.isNaN(x)) continue;
        squares += (x - score.centre[j]!) ** 2;
        count += 1;
      }
      const x = values[k * width + column]!;
      return total + (Number.isNaN(x) ? 0 : (x - score.centre[j]!) / Math.sqrt(squares / count));
    }, 0);
    expect(scoreRow(score, values, k * width)).toBeCloseTo(sum / score.columns.length, 3);
  });
});

describe("the operating threshold", () => {
  it("has the highest F1 and lies between two probabilities", () => {
    expect(maxF1Threshold(Uint8Array.of(1, 1, 0), Float64Array.of(0.9, 0.5, 0.1))).toEqual({ threshold: 0.3, f1: 1 });
  });

  it("never splits equal probabilities", () => {
    const { threshold, f1 } = maxF1Threshold(Uint8Array.of(1, 0, 0, 0), Float64Array.of(0.8, 0.8, 0.2, 0.2));
    expect(threshold).toBeCloseTo(0.5, 12);
    expect(f1).toBeCloseTo(2 / 3, 12);
  });

  it("never alerts without a positive row", () => {
    expect(maxF1Threshold(Uint8Array.of(0, 0), Float64Array.of(0.8, 0.2))).toEqual({ threshold: 1, f1: 0 });
  });
});

describe("verification", () => {
  const data = makeData();
  const model = fitted(zscore, data, allRows(data));

  it("fails when the file is not the model", async () => {
    const other = { ...model.score, bias: model.score.bias + 1e-4 };
    const onnx = encodeLinearModel(other, model.calibration, {});
    await expect(verifyModel(model, onnx, data, allRows(data))).rejects.toThrow(/zscore: row \d+ scores/);
  });

  it("passes the model's own file within a float32 rounding, over every row", async () => {
    const onnx = encodeLinearModel(model.score, model.calibration, {});
    const { probabilities, maxDifference } = await verifyModel(model, onnx, data, allRows(data));
    expect(probabilities.length).toBe(data.rows.count);
    expect(maxDifference).toBeLessThan(6e-8);
  });
});
