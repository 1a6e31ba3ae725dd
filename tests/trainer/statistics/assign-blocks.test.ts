import { describe, expect, it } from "vitest";
import { assignBlocks } from "../../../trainer/evaluate/intervals/assign-blocks.ts";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { allRows } from "../../../trainer/folds/split.ts";
import { volatileTicks } from "../volatile-ticks.ts";

const all = (step: ArrayLike<number>): Int32Array => Int32Array.from({ length: step.length }, (_, k) => k);
const blocksOf = (step: number[]): number[] => [...assignBlocks({ step }, all(step))];

describe("blocks of rows", () => {
  it("are the worked example: cut every 900 steps of grid time, and at a hole, numbered without gaps", () => {
    expect(blocksOf([0, 300, 600, 899, 900, 1500])).toEqual([0, 0, 0, 0, 1, 2]);
    expect(blocksOf([10, 909, 910, 2000])).toEqual([0, 1, 1, 2]);
    expect(blocksOf([0, 300, 601, 700, 1500])).toEqual([0, 0, 1, 1, 2]);
  });

  it("begin at the first row looked at, and do not depend on the order of the positions", () => {
    const step = [10, 500, 700, 990, 1200, 1399, 1400];
    expect([...assignBlocks({ step }, Int32Array.of(1, 2, 3, 4, 5, 6))]).toEqual([0, 0, 0, 0, 0, 1]);
    expect([...assignBlocks({ step }, Int32Array.of(6, 3, 4, 2, 5, 1))]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it("never span two segments", () => {
    const hole = (s: number): boolean => s >= 4000 && s < 4400;
    const { rows } = buildDataset(volatileTicks(7000, { skip: hole }));
    const blocks = assignBlocks(rows, allRows({ rows } as ReturnType<typeof buildDataset>));
    const places = new Map<number, Set<number>>();
    blocks.forEach((b, k) => places.set(b, (places.get(b) ?? new Set()).add(rows.segment[k]!)));
    expect([...places.values()].every((held) => held.size === 1)).toBe(true);
    expect(Math.max(...blocks) + 1).toBe(places.size);
  });

  it("hold all symbols of their time, so that the same market under ten names has no more blocks than under one", () => {
    const names = Array.from({ length: 10 }, (_, i) => `COPY-${i}`);
    const ticks = volatileTicks(5000);
    const copies = ticks.flatMap((tick) => names.map((symbol) => ({ ...tick, symbol })));
    const count = (data: ReturnType<typeof buildDataset>): number =>
      new Set(assignBlocks(data.rows, allRows(data))).size;
    expect(count(buildDataset(copies))).toBe(count(buildDataset(ticks)));
  });

  it("are none without rows, and need a length of at least one step", () => {
    expect(blocksOf([])).toEqual([]);
    expect(() => assignBlocks({ step: [1] }, Int32Array.of(0), 0)).toThrow(/blockSteps: got 0/);
  });
});
