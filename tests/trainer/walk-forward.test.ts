import { describe, expect, it } from "vitest";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { UserError } from "../../command-line/user-error.ts";
import { walkForward } from "../../trainer/folds/walk-forward.ts";
import { FROM_MS, volatileTicks } from "./volatile-ticks.ts";

const data = buildDataset(
  [...volatileTicks(9000), ...volatileTicks(9000, { symbol: "ETH-USD", seed: 2 })].sort((a, b) => a.tsMs - b.tsMs),
);
const { tsMs } = data.rows;

describe("walk-forward", () => {
  it("tests every row from the start on once, each after everything that it was trained on, purged", () => {
    const splits = walkForward(data, { testAt: { share: 0.4 }, folds: { count: 3 } });
    expect(splits).toHaveLength(3);
    const tested = splits.flatMap(({ test }) => [...test]);
    expect(tested).toEqual([...tested].sort((a, b) => a - b));
    expect(tested.length).toBe(tsMs.filter((t) => t >= splits[0]!.testFromMs).length);
    splits.forEach(({ train, test }, f) => {
      expect(tsMs[test[0]!]! - tsMs[train.at(-1)!]!).toBeGreaterThan(360_000);
      expect(train[0]).toBe(0);
      if (f > 0) expect(train.length).toBeGreaterThan(splits[f - 1]!.train.length);
      expect(Math.abs(test.length - tested.length / 3)).toBeLessThan(tested.length / 20);
    });
  });

  it("cuts stretches of time, and leaves out those without rows", () => {
    const holed = buildDataset(volatileTicks(12_000, { skip: (s) => s >= 6500 && s < 7500 }));
    const fromMs = FROM_MS + 6_000_000;
    const splits = walkForward(holed, { testAt: { fromMs }, folds: { lengthMs: 600_000 } });
    const starts = splits.map(({ testFromMs }) => (testFromMs - fromMs) / 600_000);
    expect(starts[0]).toBe(0);
    expect(starts).not.toContain(1);
    expect(starts.at(-1)).toBe(9);
    for (const { test, testFromMs } of splits) {
      expect(holed.rows.tsMs[test.at(-1)!]! - testFromMs).toBeLessThan(600_000);
    }
  });

  it("refuses training rows that have one outcome only", () => {
    const calm = buildDataset(volatileTicks(9000));
    calm.rows.label.fill(0);
    expect(() => walkForward(calm, { testAt: { share: 0.4 }, folds: { count: 1 } })).toThrow(UserError);
    expect(() => walkForward(calm, { testAt: { share: 0.4 }, folds: { count: 1 } })).toThrow(
      /^2\.5 h of data leave the first fold \d+ training rows, 0 of them spikes: both outcomes are needed, so more hours/,
    );
  });
});
