import { describe, expect, it } from "vitest";
import { assignBlocks } from "../../../trainer/bootstrap/assign-blocks.ts";
import { buildDataset } from "../../../trainer/dataset.ts";
import { allRows } from "../../../trainer/split.ts";
import { volatileTicks } from "../volatile-ticks.ts";

const one = (step: number[]): { step: number[]; segment: number[]; symbol: number[] } => ({
  step,
  segment: step.map(() => 0),
  symbol: step.map(() => 0),
});
const all = (step: ArrayLike<number>): Int32Array => Int32Array.from({ length: step.length }, (_, k) => k);

describe("blocks of rows", () => {
  it("are the worked example: cut every 900 steps of grid time from the first row on, numbered without gaps", () => {
    const rows = one([10, 909, 910, 2000]);
    expect([...assignBlocks(rows, all(rows.step))]).toEqual([0, 0, 1, 2]);
  });

  it("begin at the first row looked at, and do not depend on the order of the positions", () => {
    const rows = one([10, 500, 1399, 1400]);
    expect([...assignBlocks(rows, Int32Array.of(1, 2, 3))]).toEqual([0, 0, 1]);
    expect([...assignBlocks(rows, Int32Array.of(3, 2, 1))]).toEqual([0, 1, 1]);
  });

  it("never span two segments or two symbols", () => {
    const hole = (s: number): boolean => s >= 4000 && s < 4400;
    const ticks = [...volatileTicks(7000, { skip: hole }), ...volatileTicks(6000, { seed: 2, symbol: "ETH-USD" })];
    const { rows } = buildDataset(ticks.sort((a, b) => a.tsMs - b.tsMs));
    const blocks = assignBlocks(rows, allRows({ rows } as ReturnType<typeof buildDataset>));
    const places = new Map<number, Set<string>>();
    const spans = new Map<number, [number, number]>();
    blocks.forEach((b, k) => {
      places.set(b, (places.get(b) ?? new Set()).add(`${rows.symbol[k]}:${rows.segment[k]}`));
      const [low, high] = spans.get(b) ?? [Infinity, -Infinity];
      spans.set(b, [Math.min(low, rows.step[k]!), Math.max(high, rows.step[k]!)]);
    });
    expect([...places.values()].every((held) => held.size === 1)).toBe(true);
    expect(new Set([...places.values()].map((held) => [...held][0])).size).toBe(3);
    expect([...spans.values()].every(([low, high]) => high - low < 900)).toBe(true);
    expect(Math.max(...blocks) + 1).toBe(places.size);
  });

  it("are none without rows, and need a length of at least one step", () => {
    expect(assignBlocks(one([]), new Int32Array(0)).length).toBe(0);
    expect(() => assignBlocks(one([1]), all([1]), 0)).toThrow(/blockSteps: got 0/);
  });
});
