import { describe, expect, it } from "vitest";
import { driftedShare } from "../../src/drift/drifted-share.ts";
import { jensenShannonDistance } from "../../src/drift/jensen-shannon-distance.ts";
import { kolmogorovSmirnov } from "../../src/drift/kolmogorov-smirnov.ts";
import { pooledShares } from "../../src/drift/pooled-shares.ts";
import { populationStabilityIndex } from "../../src/drift/population-stability-index.ts";
import { normedWasserstein } from "../../src/drift/normed-wasserstein.ts";
import { numbers, sample } from "./samples.ts";

// Evidently's values on ref_i = 2 sin(0.37 i) + 0.001 i, i < 2000, and cur_j = 2.4 sin(0.37 j) + 0.5, j < 500.
const reference = sample(2000, (i) => 2 * Math.sin(0.37 * i) + 0.001 * i);
const current = sample(500, (i) => 2.4 * Math.sin(0.37 * i) + 0.5);

describe("on Evidently's golden samples", () => {
  it("every figure is Evidently's to 1e-9", () => {
    expect(normedWasserstein(reference, current)).toBeCloseTo(0.31410403019272315, 10);
    expect(populationStabilityIndex(reference, current)).toBeCloseTo(1.0233666447050245, 10);
    expect(jensenShannonDistance(reference, current)).toBeCloseTo(0.2877942480956682, 10);
    expect(kolmogorovSmirnov(reference, current)).toBeCloseTo(0.192, 12);
    expect(pooledShares(reference, current)!.reference).toHaveLength(13);
  });

  it("the distance of the tiny case is Evidently's too", () => {
    const tiny = numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    expect(normedWasserstein(tiny, numbers(2, 3, 4, 5, 6, 7, 8, 9, 10, 20))).toBeCloseTo(0.6614950926316517, 12);
  });
});

describe("pooled bins", () => {
  it("are one per value of both samples while the reference has at most 20", () => {
    expect(pooledShares(numbers(1, 1, 2), numbers(2, 3))).toEqual({
      reference: [2 / 3, 1 / 3, 0],
      current: [0, 1 / 2, 1 / 2],
    });
    const twenty = sample(20, (i) => i);
    expect(pooledShares(twenty, numbers(0.5))!.reference).toHaveLength(21);
    expect(pooledShares(numbers(...twenty, 20), numbers(0.5))!.reference).toHaveLength(6);
  });

  it("have log2(n) + 1 equal widths, rounded up, from the least to the largest of both", () => {
    const binsOf = (n: number) =>
      pooledShares(
        sample(n - 1, (i) => i),
        numbers(0),
      )!.reference.length;
    expect([1024, 1025, 2048, 2049, 2500].map(binsOf)).toEqual([11, 12, 12, 13, 13]);
    // 32 values from 0 to 32 in 6 bins of a width of 16/3: those below 16/3 are 0 to 5.
    const { reference } = pooledShares(
      sample(31, (i) => i),
      numbers(32),
    )!;
    expect(reference).toEqual([6, 5, 5, 6, 5, 4].map((count) => count / 31));
  });

  it("count a value on an edge in the upper bin, and the largest in the last", () => {
    const shares = pooledShares(
      sample(25, (i) => i),
      numbers(0, 25, 25),
    )!;
    expect(shares.current.at(0)).toBe(1 / 3);
    expect(shares.current.at(-1)).toBe(2 / 3);
    expect(shares.reference.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 12);
  });
});

describe("the population stability index", () => {
  it("sums (r − c) · ln(r / c) over the bins", () => {
    expect(populationStabilityIndex(numbers(1, 1, 2, 2), numbers(1, 2, 2, 2))).toBeCloseTo(0.27465307216702745, 12);
  });

  it("fills an empty bin with 0.0001, or a millionth of the smallest share where that is less", () => {
    const half = 0.5 * Math.log(0.5 / 0.0001);
    expect(populationStabilityIndex(numbers(1, 1), numbers(1, 2))).toBeCloseTo(
      half + 0.5 * Math.log(2) - 0.0001 * Math.log(5000),
      10,
    );
    const rare = sample(20_000, (i) => (i === 0 ? 1 : 0));
    const [r, m] = [[0.99995, 0.00005], 0.00005 / 1e6] as const;
    const expected =
      (r[0] - 0.5) * Math.log(r[0] / 0.5) + (r[1] - 0.0001) * Math.log(r[1] / 0.0001) + (m - 0.5) * Math.log(m / 0.5);
    expect(populationStabilityIndex(rare, numbers(0, 2))).toBeCloseTo(expected, 9);
  });

  it("is 0 for the same shares and NaN without a value on either side", () => {
    expect(populationStabilityIndex(numbers(1, 2), numbers(2, 1, 1, 2))).toBe(0);
    expect(populationStabilityIndex(numbers(NaN), numbers(1))).toBeNaN();
    expect(populationStabilityIndex(numbers(1), numbers())).toBeNaN();
  });
});

describe("the Jensen–Shannon distance", () => {
  it("is √(ln 2) between samples without a common value, and 0 between the same", () => {
    expect(jensenShannonDistance(numbers(1, 1), numbers(2, 2))).toBeCloseTo(0.8325546111576977, 12);
    expect(jensenShannonDistance(numbers(1, 2, 3), numbers(3, 2, 1))).toBe(0);
  });

  it("leaves out what is not finite, and is NaN without a value on either side", () => {
    expect(jensenShannonDistance(numbers(1, NaN), numbers(2, -Infinity))).toBeCloseTo(0.8325546111576977, 12);
    expect(jensenShannonDistance(numbers(), numbers(1))).toBeNaN();
    expect(jensenShannonDistance(numbers(1), numbers(NaN))).toBeNaN();
  });
});

describe("the share of drifted columns", () => {
  it("counts the columns that drifted", () => {
    expect(driftedShare([true, false, false, true])).toBe(0.5);
    expect(driftedShare([false])).toBe(0);
  });

  it("does not exist without a column", () => {
    expect(driftedShare([])).toBeNull();
  });
});
