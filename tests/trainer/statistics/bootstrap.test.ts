import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import { bootstrapFigures } from "../../../trainer/evaluate/intervals/bootstrap-figures.ts";
import { drawBlocks } from "../../../src/quality/draw-blocks.ts";
import { countBlocks } from "../../../trainer/evaluate/intervals/count-blocks.ts";
import { percentileInterval, widened } from "../../../src/quality/percentile-interval.ts";
import type { PredictionSet } from "../../../trainer/evaluate/intervals/prediction-set.ts";
import { RankedRows } from "../../../trainer/evaluate/intervals/ranked-rows.ts";
import { averagePrecision } from "../../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../../trainer/evaluate/metrics/brier-score.ts";
import { brierSkill } from "../brier-skill.ts";
import { confusionAt } from "../../../trainer/evaluate/metrics/confusion.ts";
import { logLoss } from "../../../trainer/evaluate/metrics/log-loss.ts";
import { expectedCalibrationError } from "../../../trainer/evaluate/metrics/reliability.ts";
import { rocAuc } from "../../../trainer/evaluate/metrics/roc-auc.ts";
import { seededUniform } from "../volatile-ticks.ts";

const FIGURE_NAMES = [
  "prAuc",
  "lift",
  "rocAuc",
  "brier",
  "brierSkill",
  "logLoss",
  "ece",
  "precision",
  "recall",
  "f1",
  "alertRate",
] as const;
type FigureName = (typeof FIGURE_NAMES)[number];
type Figures<T> = Readonly<Record<FigureName, T | null>>;

/** Rows of blocks of unequal size, two models, one of them with many ties. */
function someRows(seed: number, n = 300, blocks = 7): PredictionSet {
  const uniform = seededUniform(seed);
  const labels = Uint8Array.from({ length: n }, () => (uniform() < 0.2 ? 1 : 0));
  const smooth = Float32Array.from(labels, (y) => 0.1 + 0.6 * uniform() + 0.3 * y * uniform());
  const tied = smooth.map((p) => Math.round(p * 8) / 8);
  return {
    labels,
    blocks: Int32Array.from(labels, (_, k) => (k < blocks ? k : Math.floor(blocks * uniform() ** 2))),
    models: [
      { name: "smooth", probabilities: smooth, threshold: 0.6 },
      { name: "tied", probabilities: tied, threshold: Float64Array.from(labels, () => 0.4 + 0.3 * uniform()) },
    ],
  };
}

/** Every figure of the physically repeated rows, by the plain metrics. */
function slowFigures({ labels, blocks, models }: PredictionSet, model: number, times: Int32Array): number[] {
  const { probabilities, threshold } = models[model]!;
  const rows: number[] = [];
  blocks.forEach((b, k) => {
    for (let t = 0; t < times[b]!; t++) rows.push(k);
  });
  const y = Uint8Array.from(rows, (k) => labels[k]!);
  const p = Float32Array.from(rows, (k) => probabilities[k]!);
  const cut = Float64Array.from(rows, (k) => (typeof threshold === "number" ? threshold : threshold[k]!));
  const prAuc = averagePrecision(y, p);
  const { precision, recall, f1, alertRate } = confusionAt(y, p, cut);
  const figures: Record<FigureName, number> = {
    prAuc,
    lift: prAuc / (y.reduce((a, b) => a + b, 0) / y.length),
    rocAuc: rocAuc(y, p),
    brier: brierScore(y, p),
    brierSkill: brierSkill(y, p),
    logLoss: logLoss(y, p),
    ece: expectedCalibrationError(y, p),
    precision: precision ?? NaN,
    recall: recall ?? NaN,
    f1: f1 ?? NaN,
    alertRate: alertRate ?? NaN,
  };
  return FIGURE_NAMES.map((name) => figures[name]);
}

const flat = (figures: Figures<{ value: number; low: number; high: number }>): number[][] =>
  FIGURE_NAMES.map((name) => {
    const figure = figures[name];
    return figure === null ? [] : [figure.value, figure.low, figure.high];
  });

function expectAllClose(got: readonly number[][], expected: readonly number[][]): void {
  expect(got.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  got.flat().forEach((x, i) => expect(Math.abs(x - expected.flat()[i]!)).toBeLessThan(1e-12));
}

/** In the order of the figures: shares stay in 0 … 1, lift and log loss above 0, skill below 1. */
const RANGES = FIGURE_NAMES.map((name) =>
  name === "brierSkill"
    ? ([-Infinity, 1] as const)
    : name === "lift" || name === "logLoss"
      ? ([0, Infinity] as const)
      : ([0, 1] as const),
);

describe("ranking figures with blocks repeated", () => {
  it("are those of the physically repeated rows, average precision to the bit on exact counts", () => {
    const set = someRows(4);
    const random = new SeededRandom("repeat");
    const counts = countBlocks(set.labels, set.blocks, 7);
    const times = new Int32Array(7);
    const into = { prAuc: NaN, rocAuc: NaN };
    for (let draw = 0; draw < 50; draw++) {
      expect(drawBlocks(random, counts, times)).toBe(true);
      set.models.forEach(({ probabilities }, m) => {
        const rows = times.reduce((sum, t, b) => sum + t * counts.rows[b]!, 0);
        const positives = times.reduce((sum, t, b) => sum + t * counts.positives[b]!, 0);
        new RankedRows(set.labels, probabilities, set.blocks, 7).figures(times, { rows, positives }, into);
        const slow = slowFigures(set, m, times);
        expect(into.prAuc).toBe(slow[FIGURE_NAMES.indexOf("prAuc")]);
        expect(Math.abs(into.rocAuc - slow[FIGURE_NAMES.indexOf("rocAuc")]!)).toBeLessThan(1e-14);
      });
    }
  });
});

describe("a block bootstrap", () => {
  const set = someRows(5);
  const result = bootstrapFigures(set, { seed: 3, resamples: 200 });

  it("has the exact metrics of all rows as its values", () => {
    set.models.forEach(({ name }, m) => {
      const slow = slowFigures(set, m, new Int32Array(7).fill(1));
      FIGURE_NAMES.forEach((figure, j) => {
        expect(Math.abs(result.values[name]![figure]! - slow[j]!)).toBeLessThan(1e-13);
        expect(result.models[name]![figure]!.value).toBe(result.values[name]![figure]);
      });
    });
    expect(result).toMatchObject({ blocks: 7, resamples: 200, skipped: 0 });
  });

  it("has the intervals, and the paired intervals, of brute force on the same draws", () => {
    const random = new SeededRandom("block-bootstrap:3");
    const counts = countBlocks(set.labels, set.blocks, 7);
    const times = new Int32Array(7);
    const drawn: number[][][] = [];
    for (let r = 0; r < 200; r++) {
      drawBlocks(random, counts, times);
      drawn.push([slowFigures(set, 0, times), slowFigures(set, 1, times)]);
    }
    const whole = [0, 1].map((m) => slowFigures(set, m, new Int32Array(7).fill(1))) as [number[], number[]];
    const brute = (
      pick: (pair: readonly number[][], j: number) => number,
      bounds?: readonly (readonly [number, number])[],
    ): number[][] =>
      FIGURE_NAMES.map((_, j) => {
        const values = Float64Array.from(drawn, (pair) => pick(pair, j));
        const figure = widened(percentileInterval(pick(whole, j), values), 7)!;
        const [low, high] = bounds?.[j] ?? [-Infinity, Infinity];
        return [figure.value, Math.max(figure.low, low), Math.min(figure.high, high)];
      });
    expectAllClose(
      flat(result.models["smooth"]!),
      brute((pair, j) => pair[0]![j]!, RANGES),
    );
    expectAllClose(
      flat(result.models["tied"]!),
      brute((pair, j) => pair[1]![j]!, RANGES),
    );
    expectAllClose(
      flat(result.paired("tied", "smooth")),
      brute((pair, j) => pair[1]![j]! - pair[0]![j]!),
    );
  });

  it("is the same for the same seed and another for another", () => {
    const again = bootstrapFigures(set, { seed: 3, resamples: 200 });
    expect(again.models).toEqual(result.models);
    expect(bootstrapFigures(set, { seed: 4, resamples: 200 }).models["smooth"]).not.toEqual(result.models["smooth"]);
  });

  it("gives a model minus itself no width at all", () => {
    expect(result.paired("tied", "tied").prAuc).toEqual({ value: 0, low: 0, high: 0 });
    expect(() => result.paired("tied", "gbdt")).toThrow(/model: got gbdt, expected one of smooth, tied/);
  });

  it("reports progress to the end", () => {
    const seen: number[] = [];
    bootstrapFigures(set, { seed: 1, resamples: 20, onProgress: (done) => seen.push(done) });
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });
});

describe("a bootstrap without enough", () => {
  it("has values but no intervals with one block", () => {
    const set = someRows(6);
    const result = bootstrapFigures({ ...set, blocks: new Int32Array(300) }, { seed: 1 });
    expect(result.values["smooth"]!.prAuc).toBe(averagePrecision(set.labels, set.models[0]!.probabilities));
    expect(flat(result.models["smooth"]!).flat()).toEqual([]);
    expect(flat(result.paired("smooth", "tied")).flat()).toEqual([]);
    expect(result).toMatchObject({ blocks: 1, resamples: 0, skipped: 0 });
  });

  it("has null, not 0, for what needs both outcomes when there is one, and intervals for the rest", () => {
    const set = { ...someRows(7), labels: new Uint8Array(300) };
    const { models, values, resamples } = bootstrapFigures(set, { seed: 1, resamples: 50 });
    expect(resamples).toBe(50);
    expect(models["smooth"]).toMatchObject({ prAuc: null, lift: null, rocAuc: null, brierSkill: null, recall: null });
    expect(values["smooth"]).toMatchObject({ prAuc: null, lift: null, rocAuc: null, brierSkill: null, recall: null });
    expect(models["smooth"]!.brier!.low).toBeLessThan(models["smooth"]!.brier!.high);
  });

  it("draws again where a resample holds one outcome, and gives up after a bounded number of times", () => {
    const counts = { rows: Int32Array.of(5, 5, 5), positives: Int32Array.of(5, 0, 0) };
    const random = new SeededRandom("redraw");
    const times = new Int32Array(3);
    for (let r = 0; r < 200; r++) {
      expect(drawBlocks(random, counts, times)).toBe(true);
      expect(times[0]! > 0 && times[0]! < 3).toBe(true);
      expect(times.reduce((a, b) => a + b, 0)).toBe(3);
    }
    const stuck = { uniform: () => 0.99 } as SeededRandom;
    expect(drawBlocks(stuck, counts, times)).toBe(false);
  });

  it("names what is wrong with a set", () => {
    const set = someRows(8);
    const run = (changed: Partial<PredictionSet>): (() => unknown) => {
      return () => bootstrapFigures({ ...set, ...changed }, { seed: 1, resamples: 2 });
    };
    expect(run({ blocks: new Int32Array(3) })).toThrow(/blocks: got 3 values, expected one for each of 300/);
    expect(run({ blocks: set.blocks.map((b) => 2 * b) })).toThrow(/no row of block 1/);
    expect(run({ labels: new Uint8Array(300).fill(2) })).toThrow(/labels\[0\]: got 2/);
    expect(run({ models: [set.models[0]!, set.models[0]!] })).toThrow(/different names/);
    const nan = { name: "nan", probabilities: new Float32Array(300).fill(NaN), threshold: 0.5 };
    expect(run({ models: [nan] })).toThrow(/nan.probabilities\[0\]: got NaN/);
    expect(run({ models: [{ ...nan, probabilities: new Float32Array(2) }] })).toThrow(/got 2 and 300 values/);
  });
});

describe("percentile interval", () => {
  it("is NumPy's linear quantile", () => {
    const { low, high } = percentileInterval(2.5, Float64Array.of(4, 2, 1, 3))!;
    expect(low).toBeCloseTo(1.075, 12);
    expect(high).toBeCloseTo(3.925, 12);
    expect(percentileInterval(5, Float64Array.of(5))).toEqual({ value: 5, low: 5, high: 5 });
    expect(percentileInterval(5, new Float64Array(0))).toBeNull();
    const values = Float64Array.from({ length: 1001 }, (_, i) => (i * 8) % 1001);
    expect(percentileInterval(500, values)).toEqual({ value: 500, low: 25, high: 975 });
  });

  it("leaves out resamples without the figure, and does not exist when most are", () => {
    expect(percentileInterval(1, Float64Array.of(NaN, 1, 2))).toEqual({ value: 1, low: 1.025, high: 1.975 });
    expect(percentileInterval(1, Float64Array.of(NaN, NaN, 2))).toBeNull();
    expect(percentileInterval(NaN, Float64Array.of(1, 2))).toBeNull();
  });
});
