import { describe, expect, it } from "vitest";
import { blockInterval, FIGURE_RANGES } from "../../src/quality/block-interval.ts";
import { percentileInterval, widened } from "../../src/quality/percentile-interval.ts";

const drawn = Float64Array.from({ length: 41 }, (_, i) => 0.8 + i * 0.005);

describe("the interval of a figure over resampled blocks", () => {
  it("is the percentiles, widened for few blocks", () => {
    expect(blockInterval(0.9, drawn, 5)).toEqual(widened(percentileInterval(0.9, drawn), 5));
  });

  it("does not leave the range in which the figure can lie", () => {
    const { low, high } = blockInterval(0.9, drawn, 2)!;
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(1);
    expect(blockInterval(0.9, drawn, 2, FIGURE_RANGES.prAuc)).toEqual({ value: 0.9, low, high: 1 });
    expect(blockInterval(0.9, drawn, 2, FIGURE_RANGES.lift)).toEqual({ value: 0.9, low, high });
  });

  it("does not exist of one block, of no usable resample, or of a figure that does not exist", () => {
    expect(blockInterval(0.9, drawn, 1)).toBeNull();
    expect(blockInterval(0.9, new Float64Array(0), 9)).toBeNull();
    expect(blockInterval(NaN, drawn, 9)).toBeNull();
  });
});
