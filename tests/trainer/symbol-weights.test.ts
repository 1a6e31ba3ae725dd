import { describe, expect, it } from "vitest";
import { DEFAULT_2 } from "../../src/features/default-2.ts";
import { weightsOf } from "../../trainer/calibrate/scored-rows.ts";
import { fitPlatt } from "../../trainer/calibrate/platt.ts";
import { logLoss } from "../../trainer/evaluate/metrics/log-loss.ts";
import { fitLogistic } from "../../trainer/fit/fit-logistic.ts";
import { rowWeights } from "../../trainer/fit/imbalance.ts";
import { fitModel } from "../../trainer/fit/fit-model.ts";
import { innerFolds } from "../../trainer/folds/inner-folds.ts";
import { allRows } from "../../trainer/folds/split.ts";
import { logistic } from "../../trainer/candidates/logistic.ts";
import { buildDataset, type Dataset } from "../../trainer/rows/dataset.ts";
import { symbolWeights } from "../../trainer/rows/symbol-weights.ts";
import { scoreRows } from "../../trainer/score/score-rows.ts";
import { treeColumns, treeData } from "../../trainer/score/trees-of-rows.ts";
import { sigmoid } from "../../trainer/score/sigmoid.ts";
import { GAMMA_TREES } from "../../trainer/volatility/gamma-trees.ts";
import { HAR } from "../../trainer/volatility/log-linear.ts";
import { fitQlikeRegression } from "../../trainer/volatility/qlike-regression.ts";
import { baselineMarket } from "./baseline-rows.ts";
import { seededUniform, volatileTicks } from "./volatile-ticks.ts";

/** Two symbols, the second with about half of the first's rows. */
const byRows = buildDataset([...volatileTicks(4500, { symbol: "A-USD" }), ...volatileTicks(2700, { symbol: "B-USD", seed: 9 })]); // prettier-ignore
const equal: Dataset = { ...byRows, symbolWeights: "equal" };
const rows = allRows(byRows);

function sumOf(weights: Float64Array, symbol: number): number {
  return weights.reduce((sum, w, i) => sum + (equal.rows.symbol[rows[i]!] === symbol ? w : 0), 0);
}

describe("weights of symbols", () => {
  it("give every symbol the same sum and all rows a mean of 1", () => {
    const tiny = { rows: { symbol: [0, 1, 1, 1] }, symbolWeights: "equal" } as unknown as Dataset;
    expect([...symbolWeights(tiny, Int32Array.of(0, 1, 2, 3))!]).toEqual([2, 2 / 3, 2 / 3, 2 / 3]);
    const weights = symbolWeights(equal, rows)!;
    expect(sumOf(weights, 0)).toBeCloseTo(rows.length / 2, 6);
    expect(sumOf(weights, 1)).toBeCloseTo(rows.length / 2, 6);
  });

  it("are none by rows, and for one symbol", () => {
    expect(symbolWeights(byRows, rows)).toBeUndefined();
    const first = rows.filter((k) => equal.rows.symbol[k] === 0);
    expect(symbolWeights(equal, first)).toBeUndefined();
  });

  it("multiply those of outcomes, so that both balanced classes have the same sum", () => {
    const weights = rowWeights({ spikeWeight: "balanced", calmShare: 1 }, equal, rows)!;
    let [spike, calm] = [0, 0];
    rows.forEach((k, i) => (equal.rows.label[k] === 1 ? (spike += weights[i]!) : (calm += weights[i]!)));
    expect(spike).toBeCloseTo(calm, 6);
    const spikes = rows.filter((k) => equal.rows.label[k] === 1);
    expect(rowWeights({ spikeWeight: "balanced", calmShare: 1 }, equal, spikes)).toEqual(symbolWeights(equal, spikes));
  });
});

describe("a weight of 2", () => {
  const uniform = seededUniform(5);
  const x = Float64Array.from({ length: 300 }, () => 2 * uniform() - 1);
  const labels = Uint8Array.from(x, (v) => (uniform() < sigmoid(2 * v - 1) ? 1 : 0));
  const weights = Float64Array.from(x, (_, i) => (i % 3 === 0 ? 2 : 1));
  const twice = [...x.keys()].flatMap((i) => (i % 3 === 0 ? [i, i] : [i]));

  it("is a row that comes twice, to the logistic, to QLIKE and to log loss", () => {
    const of = (at: readonly number[]) => Float64Array.from(at, (i) => x[i]!);
    const labelsOf = (at: readonly number[]) => Uint8Array.from(at, (i) => labels[i]!);
    const targets = Float64Array.from(labels);
    const weighed = fitLogistic({ x, width: 1, targets, weights }, 0.1);
    const doubled = fitLogistic({ x: of(twice), width: 1, targets: Float64Array.from(labelsOf(twice)) }, 0.1);
    expect(weighed.weights[0]).toBeCloseTo(doubled.weights[0]!, 9);
    const variances = Float64Array.from(x, (v) => (v + 1.1) * (v + 1.1));
    const scale = weights.length / weights.reduce((a, b) => a + b, 0);
    const normed = weights.map((w) => w * scale);
    const qlike = fitQlikeRegression(x, 1, variances, 0.1, { weights: normed });
    const qlikeTwice = fitQlikeRegression(
      of(twice),
      1,
      Float64Array.from(twice, (i) => variances[i]!),
      0.1,
    );
    expect(qlike.weights[0]).toBeCloseTo(qlikeTwice.weights[0]!, 5);
    expect(qlike.intercept).toBeCloseTo(qlikeTwice.intercept, 5);
    const p = x.map((v) => sigmoid(v));
    expect(logLoss(labels, p, normed)).toBeCloseTo(logLoss(labelsOf(twice), twice.map((i) => p[i]!)), 9); // prettier-ignore
  });

  it("makes Platt's mean probability the mean target under the weights", () => {
    const { slope, intercept } = fitPlatt(x, labels, weights);
    const plain = fitPlatt(x, labels);
    const spikes = labels.reduce((a, b) => a + b, 0);
    const target = (y: number): number => (y === 1 ? (spikes + 1) / (spikes + 2) : 1 / (labels.length - spikes + 2));
    const residual = x.reduce(
      (sum, v, i) => sum + weights[i]! * (sigmoid(slope * v + intercept) - target(labels[i]!)),
      0,
    );
    expect(residual).toBeCloseTo(0, 5);
    expect(slope).not.toBeCloseTo(plain.slope, 4);
  });
});

describe("models under equal symbols", () => {
  const policy = { calibration: "platt", goal: { kind: "f1" } } as const;
  const context = (data: Dataset) => ({
    data,
    row: "default-2" as const,
    seed: 1,
    threads: 1,
    imbalance: { spikeWeight: 1, calmShare: 1 },
  });

  it("are other ones than by rows: the score, its calibration and the forecast of volatility", () => {
    const [one, other] = [byRows, equal].map((data) => {
      const model = fitModel(logistic, context(data), policy, rows, innerFolds(data, rows));
      if ("refused" in model) throw new Error(model.refused);
      return model;
    });
    const scores = [one!, other!].map(({ score }) => scoreRows(byRows, rows, score).scores);
    expect(scores[0]).not.toEqual(scores[1]);
    expect(one!.calibration).not.toEqual(other!.calibration);
    expect(weightsOf(one!.outOfFold)).toBeUndefined();
    expect(weightsOf(other!.outOfFold)!.length).toBe(other!.outOfFold.labels.length);
    const forecasts = [byRows, equal].map(
      (data) => scoreRows(byRows, rows, HAR.fit({ ...context(data), row: "default-1" }, rows)).scores,
    );
    expect(forecasts[0]).not.toEqual(forecasts[1]);
  });

  it("take trees' rows with their symbols' weights", () => {
    expect(treeData(equal, rows, treeColumns(context(equal), rows)).weights).toEqual(symbolWeights(equal, rows));
    expect(treeData(byRows, rows, treeColumns(context(byRows), rows)).weights).toBeUndefined();
  });

  it("give a small symbol its say in the forecast by gamma trees", () => {
    // Volatility rises with the range in four rows of five, and falls with it in those of the other symbol.
    const market = baselineMarket({ halfLife: 5, rows: 3000, seed: 8 });
    const place = DEFAULT_2.findIndex(({ name }) => name === "parkinson_h5_over_tau");
    const all = allRows(market);
    const ranges = [...all].map((k) => market.rows.values["default-2"][k * DEFAULT_2.length + place]!);
    for (const k of all) {
      market.rows.symbol[k] = k % 5 === 0 ? 1 : 0;
      market.rows.ratio[k] = Math.exp(k % 5 === 0 ? -ranges[k]! : ranges[k]!);
    }
    // By their covariance with the range: the level of a forecast is set by symbols in any case.
    const middle = ranges.reduce((a, b) => a + b, 0) / ranges.length;
    const [byRowsRise, equalRise] = [market, { ...market, symbolWeights: "equal" as const }].map((data) =>
      scoreRows(data, all, GAMMA_TREES.fit(context(data), all)).scores.reduce(
        (sum, z, i) => sum + z * (ranges[i]! - middle),
        0,
      ),
    );
    expect(equalRise).toBeLessThan(0.5 * byRowsRise!);
  });
});
