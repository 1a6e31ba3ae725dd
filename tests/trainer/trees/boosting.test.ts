import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import { RandomDeviates } from "../../../simulator/random-deviates.ts";
import { binRows } from "../../../trainer/trees/binning.ts";
import { type BoostingParameters, fitBoosting } from "../../../trainer/trees/boosting.ts";
import { drawRows } from "../../../trainer/trees/row-sampling.ts";
import {
  ensembleScore,
  featureGains,
  LEAF,
  scaled,
  type TreeEnsemble,
  truncated,
} from "../../../trainer/trees/tree.ts";
import type { TreeData } from "../../../trainer/trees/tree-data.ts";
import { PLAIN, randomProblem } from "./tree-problems.ts";

const data = randomProblem(800, 5);
const scoresOf = (ensemble: TreeEnsemble, { x, width, targets }: TreeData): number[] =>
  Array.from(targets, (_, i) => ensembleScore(ensemble, x, i * width));

function logLoss(ensemble: TreeEnsemble, rows: TreeData): number {
  const scores = scoresOf(ensemble, rows);
  return scores.reduce((sum, s, i) => sum + Math.log1p(Math.exp(s)) - rows.targets[i]! * s, 0) / scores.length;
}

/** Rows of one column. */
const column = (x: readonly number[], targets: readonly number[]): TreeData => ({
  x: Float32Array.from(x),
  width: 1,
  targets: Float64Array.from(targets),
});
const ONE_SPLIT: BoostingParameters = { ...PLAIN, trees: 1, leaves: 2, learningRate: 1, minChildRows: 1, l2: 0 };

/** The best first split over all columns, all float32 thresholds between values and both sides for missing values. */
function slowFirstGain({ x, width, targets }: TreeData, { l2, minChildRows }: BoostingParameters): number {
  const mean = targets.reduce((a, b) => a + b, 0) / targets.length;
  const term = (rows: readonly number[]): number =>
    rows.reduce((sum, i) => sum + mean - targets[i]!, 0) ** 2 / (rows.length * mean * (1 - mean) + l2);
  const all = Array.from(targets, (_, i) => i);
  let best = 0;
  for (let j = 0; j < width; j++) {
    for (const k of all) {
      for (const missingLeft of [false, true]) {
        const value = (i: number): number => x[i * width + j]!;
        const goesLeft = (i: number): boolean => (Number.isNaN(value(i)) ? missingLeft : value(i) <= value(k));
        const left = all.filter(goesLeft);
        const right = all.filter((i) => !goesLeft(i));
        if (Math.min(left.length, right.length) < minChildRows) continue;
        best = Math.max(best, term(left) + term(right) - term(all));
      }
    }
  }
  return best;
}

describe("a boosted fit", () => {
  it.each([1, 2, 3, 4])("begins with the best of all splits (problem %d)", (k) => {
    const small = randomProblem(150, 3, `first split ${k}`);
    const { ensemble } = fitBoosting(small, { ...PLAIN, trees: 1, leaves: 2 });
    expect(ensemble.trees[0]!.gain[0]).toBeCloseTo(slowFirstGain(small, PLAIN), 5);
  });

  it("lowers the training loss with every tree", () => {
    const { ensemble } = fitBoosting(data, PLAIN);
    let before = Infinity;
    for (let trees = 0; trees <= 20; trees++) {
      const loss = logLoss(truncated(ensemble, trees), data);
      expect(loss).toBeLessThan(before);
      before = loss;
    }
  });

  it("scores a split of four rows by hand: log-odds plus −G / H", () => {
    const { ensemble } = fitBoosting(column([1, 2, 3, 4], [0, 0, 1, 0]), ONE_SPLIT);
    expect(ensemble.base).toBeCloseTo(Math.log(1 / 3), 12);
    expect(ensemble.trees[0]!.threshold[0]).toBe(2.5);
    expect(scoresOf(ensemble, column([2, 3], [0, 0]))[0]).toBeCloseTo(Math.log(1 / 3) - 0.25 / 0.1875, 6);
    expect(scoresOf(ensemble, column([2, 3], [0, 0]))[1]).toBeCloseTo(Math.log(1 / 3) + 0.25 / 0.1875, 6);
  });

  it("of the squared loss puts means into leaves", () => {
    const { ensemble } = fitBoosting(column([1, 2, 3, 4], [5, 7, -2, 0]), { ...ONE_SPLIT, loss: "squared" });
    expect(scoresOf(ensemble, column([1, 2, 3, 4], [0, 0, 0, 0]))).toEqual([6, 6, -1, -1]);
  });

  it("of the gamma loss begins at the mean variance and lowers it by 1 / 0.1 of the rate where nothing moved", () => {
    const { ensemble } = fitBoosting(column([1, 2, 3, 4], [4, 4, 0, 0]), {
      ...ONE_SPLIT,
      ...{ loss: "gamma", minChildWeight: 0, learningRate: 0.1 },
    });
    expect(ensemble.base).toBe(Math.log(2));
    // Left: the ratio is 2, −G / H = ½; right: it is 0, G = 2, and H is held at 2 · 0.1.
    const [moved, still] = scoresOf(ensemble, column([1, 4], [0, 0]));
    expect(moved).toBeCloseTo(Math.log(2) + 0.1 * 0.5, 6);
    expect(still).toBeCloseTo(Math.log(2) - 0.1 * 10, 6);
  });

  it("learns which side missing values belong to, and sends unseen ones with the larger child", () => {
    const { ensemble } = fitBoosting(column([1, 1, 2, 2, NaN, NaN], [0, 0, 1, 1, 0, 0]), ONE_SPLIT);
    const [low, high, missing] = scoresOf(ensemble, column([1, 2, NaN], [0, 0, 0]));
    expect(missing).toBe(low);
    expect(high).toBeGreaterThan(low!);
    const unseen = fitBoosting(column([1, 2, 2], [0, 1, 1]), ONE_SPLIT).ensemble;
    const [, larger, absent] = scoresOf(unseen, column([1, 2, NaN], [0, 0, 0]));
    expect(absent).toBe(larger);
  });

  it("parts a column of one value and missing ones", () => {
    const { ensemble } = fitBoosting(column([3, 3, NaN, NaN], [1, 1, 0, 0]), ONE_SPLIT);
    const [value, other, missing] = scoresOf(ensemble, column([3, 1e30, NaN], [0, 0, 0]));
    expect(value).toBe(other);
    expect(missing).toBeLessThan(value!);
  });

  it.each([
    ["constant", () => 4],
    ["all missing", () => NaN],
  ])("makes single leaves of a column that is %s", (_, value) => {
    const { ensemble } = fitBoosting(column([0, 1, 2, 3].map(value), [0, 1, 0, 1]), ONE_SPLIT);
    expect([...ensemble.trees[0]!.feature]).toEqual([LEAF]);
    expect(ensembleScore(ensemble, Float32Array.of(NaN), 0)).toBe(0);
  });

  it("takes targets of one kind and a single row", () => {
    const { ensemble } = fitBoosting(column([1, 2, 3], [1, 1, 1]), ONE_SPLIT);
    expect(ensembleScore(ensemble, Float32Array.of(2), 0)).toBeGreaterThan(30);
    expect(fitBoosting(column([1], [0]), ONE_SPLIT).ensemble.trees[0]!.feature).toHaveLength(1);
  });

  it("prefers the first of two equal columns", () => {
    const twice = { x: Float32Array.of(1, 1, 2, 2, 3, 3, 4, 4), width: 2, targets: Float64Array.of(0, 0, 1, 1) };
    expect([...featureGains(fitBoosting(twice, ONE_SPLIT).ensemble, 2)].map((gain) => gain > 0)).toEqual([true, false]);
  });

  it("has weights that equal repeated rows", () => {
    const times = data.targets.map((_, i) => i % 3);
    const rows = Array.from(times).flatMap((count, i) => Array.from({ length: count }, () => i));
    const repeated = {
      x: Float32Array.from(rows.flatMap((i) => [...data.x.subarray(i * 5, i * 5 + 5)])),
      width: 5,
      targets: Float64Array.from(rows, (i) => data.targets[i]!),
    };
    // Bins count rows, not weights: few distinct values make them the same on both sides.
    const rounded = (rows_: TreeData): TreeData => ({ ...rows_, x: rows_.x.map((v) => Math.round(4 * v)) });
    const settings = { ...PLAIN, minChildRows: 0, minChildWeight: 1 };
    const weighted = fitBoosting({ ...rounded(data), weights: times }, settings).ensemble;
    const plain = fitBoosting(rounded(repeated), settings).ensemble;
    scoresOf(plain, rounded(data)).forEach((score, i) => {
      if (times[i]! > 0) expect(ensembleScore(weighted, rounded(data).x, i * 5)).toBeCloseTo(score, 4);
    });
  });

  it("has a positive weight that is a weight of positive rows", () => {
    const settings = { ...PLAIN, positiveWeight: 3 };
    const weights = data.targets.map((y) => (y === 1 ? 3 : 1));
    expect(fitBoosting(data, settings).ensemble).toEqual(fitBoosting({ ...data, weights }, PLAIN).ensemble);
  });

  it("keeps minimum rows and weights in every leaf", () => {
    const { ensemble } = fitBoosting(data, { ...PLAIN, minChildRows: 40, leaves: 31 });
    for (const { feature } of ensemble.trees) expect(feature.filter((f) => f === LEAF).length).toBeLessThanOrEqual(20);
    const heavy = fitBoosting(data, { ...PLAIN, minChildWeight: 100 }).ensemble;
    expect(heavy.trees[0]!.feature).toHaveLength(1);
  });

  it("takes bins made before, any number of times", () => {
    const binned = binRows(data, 255);
    const fresh = fitBoosting(data, PLAIN).ensemble;
    fitBoosting(data, { ...PLAIN, leaves: 31 }, binned);
    expect(fitBoosting(data, PLAIN, binned).ensemble).toEqual(fresh);
  });
});

describe("monotone constraints", () => {
  const random = new RandomDeviates("monotone");
  const n = 600;
  const x = Float32Array.from({ length: 2 * n }, () => (random.uniform() < 0.1 ? NaN : random.normal()));
  const targets = Float64Array.from({ length: n }, (_, i) => {
    const [a = 0, b = 0] = [x[2 * i]!, x[2 * i + 1]!].map((v) => (Number.isNaN(v) ? 0 : v));
    return a + 0.7 * Math.sin(5 * a) - b + random.normal() > 0 ? 1 : 0;
  });
  const settings = { ...PLAIN, trees: 40, leaves: 15 };
  const grid = Array.from({ length: 400 }, (_, k) => k / 50 - 4);

  /** Steps against the direction of column `j` along a dense grid, the other column at several values. */
  function violations(ensemble: TreeEnsemble, j: 0 | 1, direction: 1 | -1): number {
    let count = 0;
    for (const other of [NaN, -1, -0.2, 0.4, 1.5]) {
      const scores = grid.map((v) =>
        ensembleScore(ensemble, j === 0 ? Float32Array.of(v, other) : Float32Array.of(other, v), 0),
      );
      scores.forEach((score, k) => (count += k > 0 && direction * (score - scores[k - 1]!) < 0 ? 1 : 0));
    }
    return count;
  }

  it("hold on a dense grid, rising and falling, for any value of the other column", () => {
    const { ensemble } = fitBoosting({ x, width: 2, targets }, { ...settings, monotone: Int8Array.of(1, -1) });
    expect(violations(ensemble, 0, 1)).toBe(0);
    expect(violations(ensemble, 1, -1)).toBe(0);
    expect(featureGains(ensemble, 2).every((gain) => gain > 0)).toBe(true);
  });

  it("are what makes it so", () => {
    const { ensemble } = fitBoosting({ x, width: 2, targets }, settings);
    expect(violations(ensemble, 0, 1)).toBeGreaterThan(20);
    expect(violations(ensemble, 1, -1)).toBeGreaterThan(20);
  });
});

describe("early stopping", () => {
  const later = randomProblem(400, 5, "later");
  const settings = { ...PLAIN, trees: 200, learningRate: 0.3, earlyStopping: { data: later, rounds: 10 } };
  const fit = fitBoosting(data, settings);

  it("ends that many trees after the lowest loss on the later rows", () => {
    const losses = [...fit.validationLosses];
    expect(losses).toHaveLength(fit.bestTrees + 10);
    expect(fit.ensemble.trees).toHaveLength(losses.length);
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(fit.bestTrees);
    expect(losses.length).toBeLessThan(200);
  });

  it("reports the loss that the first trees have on those rows", () => {
    fit.validationLosses.forEach((loss, k) => {
      expect(loss).toBeCloseTo(logLoss(truncated(fit.ensemble, k + 1), later), 10);
    });
  });

  it("is off by default: no losses, all trees", () => {
    const { validationLosses, bestTrees } = fitBoosting(data, PLAIN);
    expect([validationLosses.length, bestTrees]).toEqual([0, 20]);
  });
});

describe("sampling and seeds", () => {
  const sampled = { ...PLAIN, rowShare: 0.5, featureShare: 0.4 };

  it("gives the same bits for the same seed and other trees for another", () => {
    const first = fitBoosting(data, sampled).ensemble;
    expect(fitBoosting(data, sampled).ensemble).toEqual(first);
    expect(fitBoosting(data, { ...sampled, seed: 2 }).ensemble).not.toEqual(first);
  });

  it("uses at most the share of the columns in a tree", () => {
    for (const { feature } of fitBoosting(data, sampled).ensemble.trees) {
      expect(new Set(feature.filter((f) => f !== LEAF)).size).toBeLessThanOrEqual(2);
    }
  });

  it("still learns", () => {
    const { ensemble } = fitBoosting(data, sampled);
    expect(logLoss(ensemble, data)).toBeLessThan(logLoss(truncated(ensemble, 0), data) - 0.02);
  });
});

describe("a scaled ensemble", () => {
  it("scores half, to the last bit", () => {
    const { ensemble } = fitBoosting(data, PLAIN);
    const half = scoresOf(scaled(ensemble, 0.5), data);
    expect(half).toEqual(scoresOf(ensemble, data).map((score) => score / 2));
    expect(() => scaled(ensemble, 0.3)).toThrow("factor: got 0.3, expected a power of two");
  });
});

describe("rows for a tree", () => {
  const draw = (share: number): number[] => {
    const rows = new Int32Array(1000);
    const count = drawRows(rows, share, new SeededRandom("draw"));
    return [...rows.subarray(0, count)];
  };

  it.each([0.003, 0.1, 0.49, 0.5, 0.7, 1])("are a share of %d, each once and in rising order", (share) => {
    const rows = draw(share);
    expect(rows).toHaveLength(Math.round(1000 * share));
    rows.forEach((row, k) => expect(row).toBeGreaterThan(k === 0 ? -1 : rows[k - 1]!));
    expect(rows.at(-1)).toBeLessThan(1000);
  });

  it("of a small share come from all of the rows evenly", () => {
    draw(0.1).forEach((row, k) => expect(Math.floor(row / 10)).toBe(k));
  });
});

describe("several threads", () => {
  it("give the bits of one, with sampling, missing values, constraints and weights", () => {
    const wide = randomProblem(20_500, 9, "threads");
    const weights = wide.targets.map((_, i) => 0.3 + (i % 7) / 10);
    const settings = {
      ...PLAIN,
      trees: 6,
      leaves: 15,
      rowShare: 0.8,
      monotone: Int8Array.of(1, 0, 0, 0, 0, 0, 0, 0, -1),
    };
    const fits = [1, 2, 3, 2].map((threads) => fitBoosting({ ...wide, weights }, { ...settings, threads }).ensemble);
    for (const ensemble of fits.slice(1)) expect(ensemble).toEqual(fits[0]);
  });
});

describe("what is refused, by name", () => {
  it.each([
    ["trees", 0],
    ["leaves", 0],
    ["maxBins", 300],
    ["minChildRows", -1],
    ["minChildWeight", NaN],
    ["learningRate", 0],
    ["l2", -1],
    ["minGain", -1],
    ["rowShare", 0],
    ["featureShare", 1.5],
    ["positiveWeight", 0],
    ["seed", 0.5],
  ])("%s of %d", (name, value) => {
    expect(() => fitBoosting(data, { ...PLAIN, [name]: value })).toThrow(
      new RegExp(`^${name}: got ${value}, expected`),
    );
  });

  it("variances below 0, without end, or all 0", () => {
    const gamma: BoostingParameters = { ...PLAIN, loss: "gamma" };
    expect(() => fitBoosting(column([1, 2], [1, -1]), gamma)).toThrow(
      /^targets\[1\]: got -1, expected a variance of 0 or more$/,
    );
    expect(() => fitBoosting(column([1, 2], [0, 0]), gamma)).toThrow(/^targets: got variances of 0 only/);
  });

  it("targets other than 0 and 1, wrong directions, threads, and bins of other rows", () => {
    expect(() => fitBoosting(column([1, 2], [0, 2]), PLAIN)).toThrow(/^targets\[1\]: got 2, expected 0 or 1$/);
    expect(() => fitBoosting(data, { ...PLAIN, monotone: Int8Array.of(0, 2, 0, 0, 0) })).toThrow(
      /^monotone\[1\]: got 2/,
    );
    expect(() => fitBoosting(data, { ...PLAIN, monotone: Int8Array.of(1) })).toThrow(/^monotone: got 1 directions/);
    expect(() => fitBoosting(data, PLAIN, binRows(randomProblem(10, 5), 255))).toThrow(/^binned: got 10 × 5/);
    const narrow = { data: column([1], [0]), rounds: 1 };
    expect(() => fitBoosting(data, { ...PLAIN, earlyStopping: narrow })).toThrow(/^earlyStopping.data.width: got 1/);
  });
});
