import { describe, expect, it } from "vitest";
import { buildDataset } from "../../trainer/rows/dataset.ts";
import { innerFolds } from "../../trainer/folds/inner-folds.ts";
import { assertPurged } from "../../trainer/folds/assert-purged.ts";
import { allRows, horizonMs, purgedSplit, testStartMs } from "../../trainer/folds/split.ts";
import { UserError } from "../../command-line/user-error.ts";
import { FROM_MS, volatileTicks } from "./volatile-ticks.ts";

const data = buildDataset(volatileTicks(9000));
const { tsMs, label } = data.rows;
const testFromMs = FROM_MS + 6000_000;
const split = purgedSplit(data, allRows(data), testFromMs);

describe("purged split", () => {
  it("leaves a horizon and 300 steps free before the first test row", () => {
    const lastTrain = tsMs[split.train.at(-1)!]!;
    expect(tsMs[split.test[0]!]).toBe(testFromMs);
    expect(testFromMs - lastTrain).toBe((60 + 300 + 1) * 1000);
    expect(split.train.length + split.purged + split.test.length).toBe(data.rows.count);
  });

  it("purges in event time, not in rows, across a hole", () => {
    const hole = (s: number): boolean => s >= 5600 && s < 5900;
    const holed = buildDataset(volatileTicks(9000, { skip: hole }));
    const { train } = purgedSplit(holed, allRows(holed), testFromMs);
    expect(holed.rows.tsMs[train.at(-1)!]! + 360_000).toBeLessThan(testFromMs);
  });

  it("fails the run when a training label reaches into the test", () => {
    const first = split.test[0]!;
    const touching = allRows(data).filter((k) => tsMs[k]! + horizonMs(data) === testFromMs);
    expect(touching.length).toBe(1);
    expect(() => assertPurged(data.rows.tsMs, horizonMs(data), { ...split, train: touching })).toThrow(/^leak:/);
    expect(() =>
      assertPurged(data.rows.tsMs, horizonMs(data), { ...split, train: Int32Array.of(first - 62) }),
    ).not.toThrow();
  });
});

describe("test start", () => {
  it("is the row after which the share lies", () => {
    const from = testStartMs(data, { share: 0.25 });
    expect(allRows(data).filter((k) => tsMs[k]! >= from).length / data.rows.count).toBeCloseTo(0.25, 3);
  });

  it("refuses a time that leaves one side empty, naming the span of the rows", () => {
    expect(() => testStartMs(data, { fromMs: FROM_MS })).toThrow(UserError);
    expect(() => testStartMs(data, { fromMs: FROM_MS + 1e9 })).toThrow(/labelled rows are 2025-01-01T00:1/);
    expect(() => testStartMs(buildDataset([]), { share: 0.4 })).toThrow(UserError);
  });
});

describe("inner folds", () => {
  const folds = innerFolds(data, split.train);

  it("go forward, purged, inside the training rows, with both outcomes before each held-out block", () => {
    expect(folds.length).toBeGreaterThan(1);
    const inside = new Set(split.train);
    for (const { train, test } of folds) {
      expect(tsMs[test[0]!]! - tsMs[train.at(-1)!]!).toBeGreaterThan(360_000);
      expect([...train, ...test].every((k) => inside.has(k))).toBe(true);
      expect(new Set(train.map((k) => label[k]!)).size).toBe(2);
    }
  });

  it("hold out no row twice", () => {
    const held = folds.flatMap(({ test }) => [...test]);
    expect(new Set(held).size).toBe(held.length);
  });

  it("are none when the training rows have one outcome only", () => {
    expect(
      innerFolds(
        data,
        split.train.filter((k) => label[k] === 0),
      ),
    ).toEqual([]);
  });
});
