import { describe, expect, it } from "vitest";
import { DEFAULT_1 } from "../../src/features/schema.ts";
import { BlendScore } from "../../trainer/score/blend-score.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { featureImportance } from "../../trainer/evaluate/feature-importance.ts";
import { foldDrift } from "../../trainer/folds/fold-drift.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import { allRows } from "../../trainer/folds/split.ts";
import { TreeScore } from "../../trainer/score/tree-score.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const data = buildDataset(volatileTicks(3000));
const rows = allRows(data);
const place = (name: string): number => DEFAULT_1.findIndex((column) => column.name === name);
const linear = (features: string[], coefficient: number[]): LinearScore =>
  new LinearScore({
    row: "default-1",
    features,
    columns: features.map(place),
    fill: features.map(() => 0),
    centre: features.map(() => 0),
    coefficient,
    bias: 0,
    dropped: [],
  });
const tree = new TreeScore({
  row: "default-1",
  features: ["rv_60_over_tau", "imbalance"],
  columns: [place("rv_60_over_tau"), place("imbalance")],
  dropped: [],
  monotone: Int8Array.of(1, 0),
  ensemble: {
    base: 0,
    trees: [
      {
        feature: Int32Array.of(0, 1, -1, -1, -1),
        threshold: Float32Array.of(0, 0.5, 0, 0, 0),
        left: Int32Array.of(1, 2, 0, 0, 0),
        right: Int32Array.of(4, 3, 0, 0, 0),
        missingLeft: Uint8Array.of(0, 0, 0, 0, 0),
        value: Float32Array.of(0, 0, 0.1, 0.2, 0.3),
        gain: Float64Array.of(3, 1, 0, 0, 0),
      },
    ],
  },
});

describe("feature importance", () => {
  it("of a linear score is the size of the coefficient in standard deviations, with its sign", () => {
    const deviation = (name: string): number => {
      const values = [...rows].map((k) => data.rows.values["default-1"][k * 33 + place(name)]!);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    };
    const a = 2 * deviation("rv_60_over_tau");
    const b = 8 * deviation("imbalance");
    const found = featureImportance(linear(["rv_60_over_tau", "imbalance"], [2, -8]), data, rows);
    const expected = [
      { feature: "rv_60_over_tau", share: a / (a + b), direction: 1, constrained: false },
      { feature: "imbalance", share: b / (a + b), direction: -1, constrained: false },
    ].sort((x, y) => y.share - x.share);
    found.forEach(({ share, ...rest }, i) => {
      expect(share).toBeCloseTo(expected[i]!.share, 6);
      expect({ ...rest, share: 0 }).toEqual({ ...expected[i], share: 0 });
    });
  });

  it("of trees is the gain of the splits, and says which directions were imposed", () => {
    expect(featureImportance(tree, data, rows)).toEqual([
      { feature: "rv_60_over_tau", share: 0.75, direction: 1, constrained: true },
      { feature: "imbalance", share: 0.25, direction: 0, constrained: false },
    ]);
  });

  it("of free trees names no direction", () => {
    const free = new TreeScore({ ...tree, monotone: new Int8Array(2) });
    expect(featureImportance(free, data, rows).map(({ direction, constrained }) => [direction, constrained])).toEqual([
      [0, false],
      [0, false],
    ]);
  });

  it("of a blend is the weighted mean over its parts", () => {
    const line = { slope: 1, intercept: 0 };
    const score = linear(["imbalance"], [1]);
    const parts = [
      { score, line, weight: 0.4 },
      { score: tree, line, weight: 0.6 },
    ];
    const found = featureImportance(new BlendScore(parts), data, rows);
    const shares = Object.fromEntries(found.map(({ feature, share }) => [feature, share]));
    expect(shares["imbalance"]).toBeCloseTo(0.55, 12);
    expect(shares["rv_60_over_tau"]).toBeCloseTo(0.45, 12);
  });
});

describe("drift between a fold's rows", () => {
  it("is 0 for the same rows and grows with a shifted column, the farthest first", () => {
    const same = foldDrift(data, "default-1", { train: rows, test: rows, purged: 0, testFromMs: 0 });
    expect(same.drift.length).toBeGreaterThan(10);
    expect(same.drift.every((one) => [one.distance, one.psi, one.ks, one.jensenShannon].every((x) => x === 0))).toBe(
      true,
    );
    expect(same.driftedShare).toBe(0);
    const half = Math.floor(rows.length / 2);
    const shifted = buildDataset(volatileTicks(3000));
    for (let k = half; k < rows.length; k++) shifted.rows.values["default-1"][k * 33 + place("imbalance")]! += 5;
    const found = foldDrift(shifted, "default-1", {
      train: rows.slice(0, half),
      test: rows.slice(half),
      purged: 0,
      testFromMs: 0,
    });
    expect(found.drift[0]).toMatchObject({ feature: "imbalance", ks: 1 });
    expect(found.drift[0]!.distance).toBeGreaterThan(10);
    expect(found.drift[0]!.jensenShannon).toBeCloseTo(Math.sqrt(Math.LN2), 3);
    const far = found.drift.filter(({ distance }) => distance >= 0.1).length;
    expect(found.driftedShare).toBe(far / found.drift.length);
  });
});
