// A dataset keeps the feature rows that it was asked for, and refuses to read others.
import { describe, expect, it } from "vitest";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { simulateTicks } from "../../simulator/simulator.ts";
import { buildDataset, DatasetBuilder } from "../../trainer/rows/dataset.ts";

const FROM_MS = Date.UTC(2025, 2, 1);
const ticks = [...simulateTicks({ seed: 2, symbol: "X", fromMs: FROM_MS, toMs: FROM_MS + 1_800_000 })];

describe("a dataset of some rows", () => {
  const builder = new DatasetBuilder(DEFAULT_ENGINE_CONFIG, ["default-2", "peer-10"]);
  builder.add(ticks);
  const { rows } = builder.finish();

  it("has the values that a dataset of all rows has", () => {
    const all = buildDataset(ticks).rows;
    expect(rows.count).toBeGreaterThan(500);
    for (const name of ["default-2", "peer-10"] as const) expect(rows.values[name]).toEqual(all.values[name]);
    expect([...rows.label]).toEqual([...all.label]);
  });

  it("throws when a row is read that it does not keep", () => {
    expect(() => rows.values["default-1"]).toThrow(
      "row default-1 was not kept when the ticks were read; kept are default-2, peer-10",
    );
  });
});
