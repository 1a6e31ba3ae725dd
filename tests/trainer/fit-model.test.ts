import { describe, expect, it } from "vitest";
import { DEFAULT_1, PEER_10 } from "../../src/features/schema.ts";
import { applyModel } from "../../trainer/score/apply-model.ts";
import { encodeArtifact } from "../../trainer/artifact/make-artifact.ts";
import type { Candidate, FitContext } from "../../trainer/candidates/candidate.ts";
import { forest } from "../../trainer/candidates/forest.ts";
import { gbdt } from "../../trainer/candidates/gbdt.ts";
import { logistic } from "../../trainer/candidates/logistic.ts";
import { zscore } from "../../trainer/candidates/zscore.ts";
import { buildDataset, type Dataset } from "../../trainer/rows/dataset.ts";
import { fitModel, type FittedModel } from "../../trainer/fit/fit-model.ts";
import { innerFolds } from "../../trainer/folds/inner-folds.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import type { TreeScore } from "../../trainer/score/tree-score.ts";
import { allRows, purgedSplit } from "../../trainer/folds/split.ts";
import { verifyModel } from "../../trainer/artifact/verify.ts";
import { FROM_MS, volatileTicks } from "./volatile-ticks.ts";

const built = buildDataset(volatileTicks(6900));
/** The same dataset anew: some tests change it. */
const makeData = (): Dataset => ({ ...built, rows: built.rows.sortedByTime() });
const policy = { calibration: "platt", goal: { kind: "f1" } } as const;
const contextOf = (data: Dataset): FitContext => ({
  data,
  row: "default-1",
  seed: 1,
  threads: 1,
  imbalance: { spikeWeight: 1, calmShare: 1 },
});

function fitted(candidate: Candidate, data: Dataset, rows: Int32Array, context = contextOf(data)): FittedModel {
  const model = fitModel(candidate, context, policy, rows, innerFolds(data, rows));
  if ("refused" in model) throw new Error(model.refused);
  return model;
}

describe("fitting", () => {
  it("uses nothing after the training rows", () => {
    const data = makeData();
    const { train: rows, test } = purgedSplit(data, allRows(data), FROM_MS + 5100_000);
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
    const folds = innerFolds(data, rows);
    const { outOfFold } = fitted(spy, data, rows);
    expect(new Set(fittedOn)).toEqual(new Set([rows, ...folds.map((fold) => fold.train)]));
    expect(outOfFold.labels.length).toBe(folds.reduce((sum, { test }) => sum + test.length, 0));
  });

  it("gives the trees of an inner fold the length that all held-out blocks chose, and no other rows", () => {
    const data = makeData();
    const rows = allRows(data);
    const folds = innerFolds(data, rows);
    const prepared = gbdt.prepare(contextOf(data), rows, folds);
    if ("refused" in prepared) throw new Error(prepared.refused);
    const { train, test } = folds.at(-1)!;
    const values = data.rows.values["default-1"];
    const scores = [...test].map((k) => prepared.fit(train).scoreRow(values, k * DEFAULT_1.length));
    const again = prepared.fit(train.slice());
    expect([...test].map((k) => again.scoreRow(values, k * DEFAULT_1.length))).toEqual(scores);
  });

  it("drops and names a column without finite training values", () => {
    const data = makeData();
    const column = DEFAULT_1.findIndex(({ name }) => name === "imbalance_60");
    for (let k = 0; k < data.rows.count; k++) data.rows.values["default-1"][k * DEFAULT_1.length + column] = NaN;
    // Without inner folds: columns do not depend on the strength.
    const model = fitModel(logistic, contextOf(data), policy, allRows(data), []);
    if ("refused" in model) throw new Error(model.refused);
    const { score } = model;
    expect(score.dropped).toContainEqual({ name: "imbalance_60", reason: "no finite value in the training rows" });
    expect(score.features).not.toContain("imbalance_60");
    expect(score.features.length + score.dropped.length).toBe(DEFAULT_1.length);
  });

  it("takes simple settings, and says so, where no held-out row can choose them", () => {
    const data = makeData();
    data.rows.label.fill(0);
    data.rows.label.fill(1, data.rows.count - 50);
    const models = [logistic, gbdt].map((candidate) => fitted(candidate, data, allRows(data)));
    expect(models.map(({ notes }) => notes[0])).toEqual([
      "L2 strength 0.3: no held-out rows to choose it by",
      "4 leaves monotone, 30 trees: no held-out rows to choose them by",
    ]);
    for (const { operating } of models) expect(operating.text).toContain("on training scores (no usable inner fold)");
  });

  it.each([gbdt, forest])("frees the trees of $family where more volatility means fewer spikes", (candidate) => {
    const data = buildDataset(volatileTicks(4500));
    const rows = allRows(data);
    const column = DEFAULT_1.findIndex(({ name }) => name === "rv_60_over_tau");
    const volatility = rows.map((k) => 1000 * data.rows.values["default-1"][k * DEFAULT_1.length + column]!);
    const middle = volatility.slice().sort()[rows.length >> 1]!;
    rows.forEach((k) => (data.rows.label[k] = volatility[k]! < middle !== (k % 3 === 0) ? 1 : 0));
    const later = purgedSplit(data, rows, data.rows.tsMs[Math.floor(rows.length / 2)]!);
    const prepared = candidate.prepare(contextOf(data), rows, [later]);
    if ("refused" in prepared) throw new Error(prepared.refused);
    expect(prepared.notes[0]).toMatch(/^(8|4|31) leaves free, |leaves, free of held-out/);
    const { monotone } = prepared.fit(rows.slice(0, 1500)) as TreeScore;
    expect(monotone.every((direction) => direction === 0)).toBe(true);
    const held = candidate.prepare(contextOf(data), rows, []);
    if ("refused" in held) throw new Error(held.refused);
    expect((held.fit(rows.slice(0, 1500)) as TreeScore).monotone).toContain(1);
  });

  it("keeps spike weights out of the probabilities: calibration corrects their level", () => {
    const data = makeData();
    const rows = allRows(data);
    const share = rows.reduce((sum, k) => sum + data.rows.label[k]!, 0) / rows.length;
    const means = [1, "balanced" as const].map((spikeWeight) => {
      const context = { ...contextOf(data), imbalance: { spikeWeight, calmShare: 1 } };
      const p = applyModel(fitted(logistic, data, rows, context), data, rows);
      return p.reduce((sum, x) => sum + x, 0) / p.length;
    });
    for (const mean of means) expect(Math.abs(mean - share)).toBeLessThan(0.06);
    expect(Math.abs(means[0]! - means[1]!)).toBeLessThan(0.03);
  });

  it("makes zscore the plain mean of the standardised columns, a missing one counting 0", () => {
    const data = makeData();
    const rows = allRows(data);
    const score = fitted(zscore, data, rows).score as LinearScore;
    const width = PEER_10.length;
    const values = data.rows.values["peer-10"];
    const k = 1234;
    values[k * width + 3] = NaN;
    const { centre } = score.terms;
    const sum = score.columns.reduce((total, column, j) => {
      let squares = 0;
      let count = 0;
      for (const i of rows) {
        const x = values[i * width + column]!;
        if (Number.isNaN(x)) continue;
        squares += (x - centre[j]!) ** 2;
        count += 1;
      }
      const x = values[k * width + column]!;
      return total + (Number.isNaN(x) ? 0 : (x - centre[j]!) / Math.sqrt(squares / count));
    }, 0);
    expect(score.scoreRow(values, k * width)).toBeCloseTo(sum / score.columns.length, 3);
  });
});

describe("verification", () => {
  const data = makeData();
  const model = fitted(zscore, data, allRows(data));

  it("fails when the file is not the model", async () => {
    const { terms } = model.score as LinearScore;
    const other = { ...model, score: new LinearScore({ ...terms, bias: terms.bias + 1e-4 }) };
    const onnx = encodeArtifact(other, data);
    await expect(verifyModel(model, onnx, data, allRows(data))).rejects.toThrow(/zscore: row \d+ scores/);
  });

  it("passes the model's own file within a float32 rounding, over every row", async () => {
    const { probabilities, maxDifference } = await verifyModel(model, encodeArtifact(model, data), data, allRows(data));
    expect(probabilities.length).toBe(data.rows.count);
    expect(maxDifference).toBeLessThan(6e-8);
  });
});
