// The clock's columns of `default-2` are learned from 14 days of training rows on.
import { describe, expect, it } from "vitest";
import { CLOCK_COLUMNS } from "../../src/features/default-2.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import type { Tick } from "../../src/features/tick.ts";
import { columnStatistics } from "../../trainer/rows/column-statistics.ts";
import { buildDataset } from "../../trainer/rows/dataset.ts";

const DAY_MS = 86_400_000;
const FROM_MS = Date.UTC(2025, 2, 1);
const GRID = gridConfig(900_000);
const LABEL = { ...DEFAULT_LABEL_SPEC, measure: "parkinson" as const, horizonSteps: 1, windowSteps: 50, minCount: 20 };

/** Five ticks in each quarter of an hour. */
const ticks = Array.from({ length: 20 * 96 * 5 }, (_, i): Tick => {
  const quote = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN };
  const price = 100 + Math.sin(i / 3) + Math.sin(i / 50);
  return { symbol: "X", tsMs: FROM_MS + i * 180_000, price, ...quote, size: 1 + (i % 7), id: NaN };
});
const data = buildDataset(ticks, { grid: GRID, label: LABEL });

function statisticsOf(days: number) {
  const { tsMs, count } = data.rows;
  const all = Int32Array.from({ length: count }, (_, k) => k);
  const first = Math.floor(tsMs[0]! / DAY_MS);
  return columnStatistics(
    data,
    "default-2",
    all.filter((k) => Math.floor(tsMs[k]! / DAY_MS) < first + days),
  );
}

describe("the clock's columns", () => {
  it("are dropped, named and with the reason, where the training rows are of fewer than 14 days", () => {
    const { features, dropped } = statisticsOf(13);
    expect(features.filter((name) => CLOCK_COLUMNS.has(name))).toEqual([]);
    const reasons = dropped.filter(({ name }) => CLOCK_COLUMNS.has(name)).map(({ reason }) => reason);
    expect(reasons).toEqual(new Array(4).fill("training rows of 13 days, fewer than 14"));
  });

  it("are used from 14 days on, where they vary", () => {
    const { features, dropped } = statisticsOf(14);
    expect(features.filter((name) => CLOCK_COLUMNS.has(name))).toEqual(["minute_of_hour", "minutes_to_funding"]);
    expect(dropped.find(({ name }) => name === "minute_modulo_5")?.reason).toBe("constant in the training rows");
  });

  it("go with no column of the other rows", () => {
    const all = Int32Array.from({ length: data.rows.count }, (_, k) => k);
    const few = all.filter((k) => data.rows.tsMs[k]! < FROM_MS + 3 * DAY_MS);
    for (const row of ["default-1", "peer-10"] as const) {
      const reasons = columnStatistics(data, row, few).dropped.map(({ reason }) => reason);
      expect(reasons.filter((reason) => reason.includes("days"))).toEqual([]);
    }
  });
});
