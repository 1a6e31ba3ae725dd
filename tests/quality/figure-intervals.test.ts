import { describe, expect, it } from "vitest";
import { figureInterval, gainInterval, type Jackknife } from "../../src/quality/figure-intervals.ts";

/** A PR-AUC that is the same without every one of six groups, all with a spike. */
const always = (prAuc: number): Jackknife => {
  const values = { prAuc, gaps: new Float64Array(10) };
  return { whole: values, without: new Array(6).fill(values), hasSpike: new Uint8Array(6).fill(1) };
};

describe("the interval of a gain between two certain shares", () => {
  const far = 0.025 ** (1 / 6);

  it("is as wide as both shares allow, since no group tells them apart", () => {
    expect(figureInterval("prAuc", always(1))).toEqual({ value: 1, low: expect.closeTo(far, 12), high: 1 });
    expect(gainInterval("prAuc", always(1), always(1))).toEqual({
      value: 0,
      low: expect.closeTo(far - 1, 12),
      high: expect.closeTo(1 - far, 12),
    });
    expect(gainInterval("prAuc", always(1), always(0))).toEqual({
      value: 1,
      low: expect.closeTo(2 * far - 1, 12),
      high: 1,
    });
  });

  it("does not exist with fewer than two groups with a spike", () => {
    const few = { ...always(1), hasSpike: Uint8Array.of(1, 0, 0, 0, 0, 0) };
    expect(gainInterval("prAuc", few, few)).toBeNull();
  });
});
