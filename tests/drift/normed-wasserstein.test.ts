import { describe, expect, it } from "vitest";
import { normedWasserstein } from "../../src/drift/normed-wasserstein.ts";

const numbers = (...values: number[]): Float64Array => Float64Array.from(values);

describe("the normed Wasserstein distance", () => {
  it("is the area between the distribution functions over the reference's deviation", () => {
    expect(normedWasserstein(numbers(0, 2), numbers(1, 3))).toBe(1);
    expect(
      normedWasserstein(numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), numbers(2, 3, 4, 5, 6, 7, 8, 9, 10, 20)),
    ).toBeCloseTo(0.6614950926316517, 12);
  });

  it("has Evidently's value on a long deterministic sample", () => {
    const reference = Float64Array.from({ length: 2000 }, (_, i) => 2 * Math.sin(0.37 * i) + 0.001 * i);
    const current = Float64Array.from({ length: 500 }, (_, i) => 2.4 * Math.sin(0.37 * i) + 0.5);
    expect(normedWasserstein(reference, current)).toBeCloseTo(0.31410403019272315, 9);
  });

  it("is 0 for the same values in another order and another number, and divides by 0.001 at least", () => {
    expect(normedWasserstein(numbers(3, 1, 2), numbers(1, 1, 2, 2, 3, 3))).toBe(0);
    expect(normedWasserstein(numbers(5, 5), numbers(6))).toBeCloseTo(1000, 9);
  });

  it("leaves out what is not finite, and is NaN without a value on either side", () => {
    expect(normedWasserstein(numbers(NaN, 0, 2, Infinity), numbers(1, NaN, 3))).toBe(1);
    expect(normedWasserstein(numbers(NaN), numbers(1))).toBeNaN();
    expect(normedWasserstein(numbers(1), numbers())).toBeNaN();
  });
});
