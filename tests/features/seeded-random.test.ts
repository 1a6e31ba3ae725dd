import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../src/features/seeded-random.ts";

function draws(seed: number | string, count: number): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.uniform());
}

describe("SeededRandom", () => {
  // Bundled models and recorded figures stand on these numbers.
  it("gives the same numbers as ever, from a number and from a text", () => {
    expect(draws(7, 3)).toEqual([0.5652761160163209, 0.6793265457963571, 0.3552606179146096]);
    expect(draws(2 ** 53, 3)).toEqual([0.17389996664132923, 0.6365349531406537, 0.3496132363798097]);
    expect(draws("7:BTC-USD:0", 3)).toEqual([0.8017235357547179, 0.31171383906621486, 0.650974627234973]);
  });

  it("gives unrelated streams for seeds that differ little", () => {
    expect(draws(7, 1)).not.toEqual(draws(8, 1));
    expect(draws(7, 1)).not.toEqual(draws(7 + 2 ** 32, 1));
    expect(draws("a", 1)).not.toEqual(draws("b", 1));
    expect(draws(7, 1)).not.toEqual(draws("7", 1));
  });

  it("is uniform in the open interval (0, 1)", () => {
    const values = draws("uniform", 100_000);
    expect(Math.min(...values)).toBeGreaterThan(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(square - mean * mean).toBeCloseTo(1 / 12, 2);
  });
});
