import { describe, expect, it } from "vitest";
import { DEFAULT_1 } from "../../src/features/schema.ts";
import { allRows } from "../../trainer/folds/split.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { BlendScore } from "../../trainer/score/blend-score.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import { scoresOfRows } from "../../trainer/score/scores-of-rows.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const data = buildDataset(volatileTicks(2000));
const rows = allRows(data);
const width = DEFAULT_1.length;
const linear = (...coefficient: readonly number[]): LinearScore => {
  const columns = coefficient.map((_, j) => j);
  const zeros = coefficient.map(() => 0);
  const features = columns.map((j) => DEFAULT_1[j]!.name);
  return new LinearScore({
    row: "default-1",
    features,
    columns,
    fill: zeros,
    centre: zeros,
    coefficient,
    bias: 0.3,
    dropped: [],
  });
};
const blend = new BlendScore(
  [linear(0.1, 0.7), linear(-0.3), linear(1 / 3, 0, 1 / 7)].map((score, i) => {
    return { score, line: { slope: 1 / (i + 3), intercept: -0.1 * i }, weight: [0.5, 0.3, 0.2][i]! };
  }),
);

describe("the scores of rows", () => {
  it.each([
    ["a linear score", linear(1, 2, 3)],
    ["a blend", blend],
  ])("of %s are those of scoreRow, bit for bit, and computed once", (_, score) => {
    const found = scoresOfRows(data, rows, score);
    const values = data.rows.values["default-1"];
    expect([...found]).toEqual([...rows].map((k) => score.scoreRow(values, k * width)));
    expect(new Set(found).size).toBeGreaterThan(100);
    expect(scoresOfRows(data, rows, score)).toBe(found);
  });

  it("are computed again for other rows and for another dataset", () => {
    const score = linear(1);
    const found = scoresOfRows(data, rows, score);
    expect(scoresOfRows(data, rows.slice(5), score)[0]).toBe(found[5]);
    const other = buildDataset(volatileTicks(2000));
    other.rows.values["default-1"].fill(0);
    expect(scoresOfRows(other, rows, score)[7]).toBe(0.3);
  });
});
