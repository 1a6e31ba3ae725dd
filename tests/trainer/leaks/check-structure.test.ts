import { describe, expect, it } from "vitest";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { checkStructure } from "../../../trainer/evaluate/leaks/check-structure.ts";
import { allRows, purgedSplit, type Split } from "../../../trainer/folds/split.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";

const hole = (s: number): boolean => s >= 4000 && s < 4400;
const ticks = [...volatileTicks(8000, { skip: hole }), ...volatileTicks(8000, { seed: 2, symbol: "ETH-USD" })];
const data = buildDataset(ticks.sort((a, b) => a.tsMs - b.tsMs));
const splits = [5000, 6000, 7000].map((s) =>
  purgedSplit(data, allRows(data), FROM_MS + s * 1000, FROM_MS + (s + 1000) * 1000),
);

describe("structure check", () => {
  it("passes purged forward folds and says how far apart their sides are", () => {
    const check = checkStructure(data, splits);
    expect(check).toMatchObject({ name: "structure", outcome: "passed", passed: true });
    expect(check.figures).toEqual({ folds: 3, smallestGapSteps: 301 });
  });

  it("fails when one training label of one symbol reaches the first test row", () => {
    const [split] = splits as [Split];
    const firstTestMs = data.rows.tsMs[split.test[0]!]!;
    const touching = allRows(data).find((k) => data.rows.tsMs[k]! + 60_000 === firstTestMs)!;
    const check = checkStructure(data, [{ ...split, train: Int32Array.of(...split.train, touching) }]);
    expect(check).toMatchObject({ outcome: "failed", passed: false });
    expect(check.detail).toContain("fold 1: the last training label ends 0 ms after the first test row");
    expect(check.figures["smallestGapSteps"]).toBe(0);
  });

  it("fails a split at random, naming segments too", () => {
    const test = allRows(data).filter((k) => k % 5 === 0);
    const train = allRows(data).filter((k) => k % 5 !== 0);
    const check = checkStructure(data, [{ train, test, purged: 0, testFromMs: FROM_MS }]);
    expect(check.passed).toBe(false);
    expect(check.detail).toMatch(/segment \d+: a training label ends \d+ ms into the test/);
  });

  it("does not pass where there is nothing to look at", () => {
    expect(checkStructure(data, []).detail).toBe("there are no folds");
    const empty = checkStructure(data, [{ ...splits[0]!, train: new Int32Array(0) }]);
    expect(empty.passed).toBe(false);
    expect(empty.detail).toMatch(/fold 1 has 0 training and \d+ test rows/);
  });
});
