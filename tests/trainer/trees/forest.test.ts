import { describe, expect, it } from "vitest";
import { averagePrecision } from "../../../trainer/evaluate/metrics/average-precision.ts";
import { binRows } from "../../../trainer/trees/binning.ts";
import { fitForest, type ForestParameters } from "../../../trainer/trees/forest.ts";
import { ensembleScore, LEAF, type TreeEnsemble } from "../../../trainer/trees/tree.ts";
import type { TreeData } from "../../../trainer/trees/tree-data.ts";
import { randomProblem } from "./tree-problems.ts";

const settings: ForestParameters = {
  ...{
    trees: 30,
    leaves: 32,
    maxBins: 255,
    minChildRows: 10,
    minChildWeight: 0,
    featureShare: 0.5,
    rowShare: "bootstrap",
  },
  ...{ positiveWeight: 1, seed: 1, threads: 1 },
};
const data = randomProblem(800, 5);
const later = randomProblem(800, 5, "later");
const scoresOf = (ensemble: TreeEnsemble, { x, width, targets }: TreeData): number[] =>
  Array.from(targets, (_, i) => ensembleScore(ensemble, x, i * width));

describe("a random forest", () => {
  it("of one tree on all rows scores the mean target of the leaf", () => {
    const rows = { x: Float32Array.of(1, 1, 2, 2), width: 1, targets: Float64Array.of(0, 1, 1, 1) };
    const one = { ...settings, trees: 1, leaves: 2, minChildRows: 1, rowShare: 1, featureShare: 1 };
    expect(scoresOf(fitForest(rows, one), rows)).toEqual([0.5, 0.5, 1, 1]);
  });

  it("scores a probability that ranks later rows far better than chance", () => {
    const scores = scoresOf(fitForest(data, settings), later);
    for (const score of scores) expect(score > -1e-6 && score < 1 + 1e-6).toBe(true);
    const baseRate = later.targets.reduce((sum, y) => sum + y, 0) / 800;
    expect(averagePrecision(Uint8Array.from(later.targets), scores)).toBeGreaterThan(1.3 * baseRate);
  });

  it("keeps monotone columns", () => {
    const forest = fitForest(data, { ...settings, monotone: Int8Array.of(1, 0, 0, 0, 0) });
    for (const rest of [0, 1, NaN]) {
      const scores = Array.from({ length: 300 }, (_, k) =>
        ensembleScore(forest, Float32Array.of(k / 50 - 3, rest, rest, rest, rest), 0),
      );
      scores.forEach((score, k) => k > 0 && expect(score).toBeGreaterThanOrEqual(scores[k - 1]!));
    }
  });

  it("draws columns for each split, or once for each tree", () => {
    const columnsOf = (forest: TreeEnsemble): number[] =>
      forest.trees.map(({ feature }) => new Set(feature.filter((f) => f !== LEAF)).size);
    expect(Math.max(...columnsOf(fitForest(data, { ...settings, featureShare: 0.2, columnsPer: "tree" })))).toBe(1);
    expect(Math.min(...columnsOf(fitForest(data, { ...settings, featureShare: 0.2 })))).toBeGreaterThan(1);
  });

  it("has the same bits for a seed and any number of threads, and other trees for another seed", () => {
    const many = randomProblem(20_100, 5, "forest threads");
    const small = { ...settings, trees: 3 };
    const first = fitForest(many, small);
    expect(fitForest(many, { ...small, threads: 2 })).toEqual(first);
    expect(fitForest(many, { ...small, seed: 2 })).not.toEqual(first);
  });

  it("weighs positive rows by the given weight", () => {
    const rows = { x: Float32Array.of(1, 1, 1), width: 1, targets: Float64Array.of(0, 0, 1) };
    const one = { ...settings, trees: 1, rowShare: 1, positiveWeight: 2 };
    expect(scoresOf(fitForest(rows, one), rows)).toEqual([0.5, 0.5, 0.5]);
  });

  it("takes bins made before and refuses those of other rows", () => {
    expect(fitForest(data, settings, binRows(data, 255))).toEqual(fitForest(data, settings));
    expect(() => fitForest(data, settings, binRows(randomProblem(9, 5), 255))).toThrow(/^binned: got 9 × 5/);
  });

  it.each([0, 1.2, NaN])("refuses a row share of %d by name", (rowShare) => {
    expect(() => fitForest(data, { ...settings, rowShare })).toThrow(/^rowShare: got .* or "bootstrap"$/);
  });
});
