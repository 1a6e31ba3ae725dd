// Rows of several symbols lie in turn, so that every n-th row is one symbol where there are n: no sample may be that.
import { describe, expect, it } from "vitest";
import { DEFAULT_2 } from "../../src/features/default-2.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { recent } from "../../trainer/candidates/recent.ts";
import { allRows } from "../../trainer/folds/split.ts";
import type { Dataset } from "../../trainer/rows/dataset.ts";
import { LabelledRows } from "../../trainer/rows/labelled-rows.ts";
import { newTally } from "../../trainer/rows/tally.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import { scoreFold } from "../../trainer/score/score-rows.ts";
import { sigmoid } from "../../trainer/score/sigmoid.ts";
import { seededUniform } from "./volatile-ticks.ts";

/** Rows of the symbols A and B in turn. */
function twoSymbols(count: number, names: LabelledRows["names"]): Dataset {
  const rows = new LabelledRows(count, names);
  rows.count = count;
  for (let k = 0; k < count; k++) {
    rows.step[k] = k >> 1;
    rows.tsMs[k] = 1.7e12 + 1000 * rows.step[k]!;
    rows.symbol[k] = k % 2;
  }
  return { config: DEFAULT_ENGINE_CONFIG, symbols: ["A", "B"], rows, tally: newTally() };
}

describe("samples of the rows of two symbols in turn", () => {
  it("choose a baseline's column by both symbols", () => {
    const data = twoSymbols(100_002, ["default-2"]);
    const { rows } = data;
    const uniform = seededUniform(5);
    const values = rows.values["default-2"].fill(NaN);
    const [last, longer] = ["rv_h1_over_tau", "rv_h5_over_tau"].map((name) =>
      DEFAULT_2.findIndex((column) => column.name === name),
    );
    for (let k = 0; k < rows.count; k++) {
      const [a, b] = [4 * uniform() - 2, 4 * uniform() - 2];
      values[k * DEFAULT_2.length + last!] = a;
      values[k * DEFAULT_2.length + longer!] = b;
      // A follows the last horizon a little, B the longer one strongly: by A's rows alone the last one is best.
      rows.label[k] = uniform() < sigmoid(k % 2 === 0 ? a - 2 : 3 * b - 2) ? 1 : 0;
    }
    const imbalance = { spikeWeight: 1, calmShare: 1 };
    const context = { data, row: "default-2", seed: 1, threads: 1, imbalance } as const;
    const found = recent.prepare(context, allRows(data), []);
    if ("refused" in found) throw new Error(found.refused);
    expect(found.fit(allRows(data)).features).toEqual(["rv_h5_over_tau"]);
  });

  it("score a fold's own rows of both symbols, as often", () => {
    const data = { ...twoSymbols(200_000, ["peer-10"]), symbolWeights: "equal" } as const;
    data.rows.label.forEach((_, k, labels) => (labels[k] = k % 10 < 2 ? 1 : 0));
    const none = { features: [], columns: [], fill: [], centre: [], coefficient: [], dropped: [] };
    const train = allRows(data);
    const split = { train, test: train.subarray(0, 10), purged: 0, testFromMs: 0 };
    const { own } = scoreFold(data, split, new LinearScore({ row: "peer-10", bias: 0, ...none }));
    expect(own.labels).toHaveLength(100_000);
    const ofB = own.symbols!.reduce((sum, symbol) => sum + symbol, 0);
    expect(ofB / own.labels.length).toBeCloseTo(0.5, 2);
  });
});
