import { describe, expect, it } from "vitest";
import { largestRatio } from "../../src/drift/largest-ratio.ts";

describe("the largest ratio of distance to threshold", () => {
  it("is 2 of feature 1 for the distances 0.3 0.2 and the thresholds 0.2 0.1", () => {
    expect(largestRatio([0.3, 0.2], [0.2, 0.1])).toEqual({ index: 1, ratio: 2 });
  });

  it("is that of the first of equals, and may be below 1", () => {
    expect(largestRatio([0.1, 0.2, 0.1], [0.2, 0.4, 0.3])).toEqual({ index: 0, ratio: 0.5 });
    expect(largestRatio([0, 0], [1, 2])).toEqual({ index: 0, ratio: 0 });
  });

  it("leaves out what has no distance, no threshold, or the threshold 0", () => {
    expect(largestRatio([9, null, NaN, 8, 7, 1], [null, 1, 1, 0, Infinity, 4])).toEqual({ index: 5, ratio: 0.25 });
    expect(largestRatio([1, 2], [])).toBeNull();
    expect(largestRatio([], [])).toBeNull();
  });
});
