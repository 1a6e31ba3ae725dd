import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import { figureInterval, gainInterval, type Jackknife } from "../../../src/quality/figure-intervals.ts";
import { jackknifeFigures } from "../../../trainer/evaluate/intervals/jackknife-figures.ts";
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

const INTERVALS = ["prAuc", "lift", "rocAuc", "brier", "brierSkill", "logLoss", "ece"] as const;

/** Gaps of the ten reliability bins, bin by bin. */
function slowGaps({ labels, models }: PredictionSet, model: number, rows: readonly number[]): Float64Array {
  const gaps = new Float64Array(10);
  for (const k of rows) {
    const p = models[model]!.probabilities[k]!;
    gaps[Math.min(9, Math.floor(p * 10))]! += (p - labels[k]!) / rows.length;
  }
  return gaps;
}

/** The jackknife by deleting the rows of each block for real. */
function slowJackknife(set: PredictionSet, model: number, blocks: number): Jackknife {
  const figures = (deleted: number): Jackknife["whole"] => {
    const times = new Int32Array(blocks).fill(1);
    if (deleted >= 0) times[deleted] = 0;
    const values = slowFigures(set, model, times);
    const rows = [...set.labels.keys()].filter((k) => set.blocks[k] !== deleted);
    return {
      ...Object.fromEntries(INTERVALS.map((name) => [name, values[FIGURE_NAMES.indexOf(name)]!])),
      gaps: slowGaps(set, model, rows),
    };
  };
  return {
    whole: figures(-1),
    without: Array.from({ length: blocks }, (_, b) => figures(b)),
    hasSpike: new Uint8Array(blocks).fill(1),
  };
}

describe("ranking figures with blocks repeated or left out", () => {
  it("are those of the physically repeated rows, average precision to the bit on exact counts", () => {
    const set = someRows(4);
    const random = new SeededRandom("repeat");
    const into = { prAuc: NaN, rocAuc: NaN };
    for (let draw = 0; draw < 50; draw++) {
      const times = Int32Array.from({ length: 7 }, () => Math.floor(3 * random.uniform()));
      times[0] = 1;
      set.models.forEach(({ probabilities }, m) => {
        const totals = { rows: 0, positives: 0 };
        set.blocks.forEach((b, k) => {
          totals.rows += times[b]!;
          totals.positives += times[b]! * set.labels[k]!;
        });
        new RankedRows(set.labels, probabilities, set.blocks, 7).figures(times, totals, into);
        const slow = slowFigures(set, m, times);
        expect(into.prAuc).toEqual(slow[FIGURE_NAMES.indexOf("prAuc")]);
        if (!Number.isNaN(into.rocAuc)) {
          expect(Math.abs(into.rocAuc - slow[FIGURE_NAMES.indexOf("rocAuc")]!)).toBeLessThan(1e-14);
        }
      });
    }
  });
});

describe("a jackknife over blocks", () => {
  const set = someRows(5);
  const result = jackknifeFigures(set);

  it("has the exact metrics of all rows as its values", () => {
    set.models.forEach(({ name }, m) => {
      const slow = slowFigures(set, m, new Int32Array(7).fill(1));
      FIGURE_NAMES.forEach((figure, j) => {
        expect(Math.abs(result.values[name]![figure]! - slow[j]!)).toBeLessThan(1e-13);
      });
      for (const figure of INTERVALS) expect(result.models[name]![figure]!.value).toBe(result.values[name]![figure]);
    });
    expect(result).toMatchObject({ blocks: 7, groups: 7, spikeGroups: 7 });
  });

  it("has the intervals, and the paired intervals, of rows deleted for real", () => {
    const [smooth, tied] = [slowJackknife(set, 0, 7), slowJackknife(set, 1, 7)];
    for (const name of INTERVALS) {
      for (const end of ["value", "low", "high"] as const) {
        expect(result.models["smooth"]![name]![end], name).toBeCloseTo(figureInterval(name, smooth)![end], 10);
        expect(result.models["tied"]![name]![end], name).toBeCloseTo(figureInterval(name, tied)![end], 10);
        const paired = gainInterval(name, tied, smooth)![end];
        expect(result.paired("tied", "smooth")[name]![end], name).toBeCloseTo(paired, 10);
      }
    }
  });

  it("leaves out groups of neighbouring blocks where there are many", () => {
    const many = someRows(9, 3000, 100);
    const joined = jackknifeFigures(many);
    expect(joined).toMatchObject({ blocks: 100, groups: 20 });
    const by = { ...many, blocks: many.blocks.map((b) => Math.floor(b / 5)) };
    expect(joined.models).toEqual(jackknifeFigures(by).models);
  });

  it("gives a model minus itself no width at all", () => {
    expect(result.paired("tied", "tied").prAuc).toEqual({ value: 0, low: 0, high: 0 });
    expect(() => result.paired("tied", "gbdt")).toThrow(/model: got gbdt, expected one of smooth, tied/);
  });
});

describe("a jackknife without enough", () => {
  it("has values but no intervals with one block", () => {
    const set = someRows(6);
    const result = jackknifeFigures({ ...set, blocks: new Int32Array(300) });
    expect(result.values["smooth"]!.prAuc).toBe(averagePrecision(set.labels, set.models[0]!.probabilities));
    expect(Object.values(result.models["smooth"]!)).toEqual(INTERVALS.map(() => null));
    expect(Object.values(result.paired("smooth", "tied"))).toEqual(INTERVALS.map(() => null));
    expect(result).toMatchObject({ blocks: 1, groups: 1, spikeGroups: 1 });
  });

  it("has null, not 0, for what needs both outcomes when there is one, and no interval without a spike", () => {
    const set = { ...someRows(7), labels: new Uint8Array(300) };
    const { models, values, spikeGroups } = jackknifeFigures(set);
    expect(spikeGroups).toBe(0);
    expect(values["smooth"]).toMatchObject({ prAuc: null, lift: null, rocAuc: null, brierSkill: null, recall: null });
    expect(values["smooth"]!.brier).toBeGreaterThan(0);
    expect(Object.values(models["smooth"]!)).toEqual(INTERVALS.map(() => null));
  });

  it("names what is wrong with a set", () => {
    const set = someRows(8);
    const run = (changed: Partial<PredictionSet>): (() => unknown) => {
      return () => jackknifeFigures({ ...set, ...changed });
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
