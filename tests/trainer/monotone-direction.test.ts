import { describe, expect, it } from "vitest";
import { ROWS } from "../../src/features/schema.ts";
import { harForecastColumns } from "../../trainer/candidates/har.ts";
import { monotoneDirection } from "../../trainer/fit/monotone-direction.ts";

describe("the direction of a feature", () => {
  it("rises with volatility over τ, in the names of both rows", () => {
    const rising = ["rv_10_over_tau", "ewma_60_over_tau", "rv_h1_6_over_tau", "ewma_parkinson_h5_over_tau"];
    expect([...rising, "parkinson_h3_over_tau", "range_h15_over_tau"].map(monotoneDirection)).toEqual(Array(6).fill(1));
  });

  it("is free for returns, distances and shares", () => {
    const free = ["return_h1_over_tau", "ewma_return_h30_over_tau", "below_high_h5_over_tau", "spike_share_h2"];
    expect([...free, "volume_h1_over_ewma_h720"].map(monotoneDirection)).toEqual(Array(5).fill(0));
  });

  it.each(["default-1", "default-2"] as const)("is known of some columns of %s, and HAR's columns are in it", (row) => {
    const names = ROWS[row].map(({ name }) => name);
    expect(names.filter((name) => monotoneDirection(name) === 1).length).toBeGreaterThan(10);
    expect([...harForecastColumns(row)].filter((name) => !names.includes(name))).toEqual([]);
    expect(harForecastColumns(row).size).toBe(6);
  });
});
