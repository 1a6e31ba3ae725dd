import { describe, expect, it } from "vitest";
import { kolmogorovSmirnov } from "../../src/drift/kolmogorov-smirnov.ts";
import { numbers, sample, uniform } from "./samples.ts";

/** Of make-golden-ks.py: n, m, shift of the second sample, steps to round down to (0 for none), statistic. */
const GOLDEN = [
  [5, 3, 0, 0, 0.4],
  [10, 10, 0.3, 0, 0.5],
  [100, 73, 0.1, 0, 0.14643835616438355],
  [500, 500, 0.05, 0, 0.082],
  [1000, 999, 0.25, 0, 0.29653653653653655],
  [300, 200, 0.1, 8, 0.16333333333333333],
  [12000, 300, 0.05, 0, 0.10574999999999998],
  [12000, 11000, 0.01, 0, 0.02013636363636362],
  [12000, 60, 0.2, 0, 0.2523333333333333],
  [10001, 20, 0.1, 0, 0.16924807519248075],
] as const;

describe("the Kolmogorov–Smirnov statistic", () => {
  it("is the largest difference between the two distribution functions", () => {
    expect(kolmogorovSmirnov(numbers(1, 2, 3), numbers(4, 5, 6))).toBe(1);
    expect(kolmogorovSmirnov(numbers(1, 2, 3, 4), numbers(2.5, 9))).toBe(0.5);
  });

  it.each(GOLDEN)("is scipy's for %i and %i values, shift %f, %i steps", (n, m, shift, steps, statistic) => {
    const round = (x: number): number => (steps === 0 ? x : Math.floor(x * steps));
    const [a, b] = [sample(n, uniform(1)).map(round), sample(m, uniform(2)).map((x) => round(x + shift))];
    expect(kolmogorovSmirnov(a, b)).toBeCloseTo(statistic, 14);
  });

  it("is 0 between equal samples, ties included", () => {
    expect(kolmogorovSmirnov(numbers(2, 2, 2), numbers(2, 2))).toBe(0);
    expect(kolmogorovSmirnov(numbers(1, 2, 3), numbers(3, 1, 2))).toBe(0);
  });

  it("leaves out what is not finite, and is NaN without a value on either side", () => {
    expect(kolmogorovSmirnov(numbers(NaN, 1, 2, 3, Infinity), numbers(4, 5, 6))).toBe(1);
    expect(kolmogorovSmirnov(numbers(NaN), numbers(1))).toBeNaN();
    expect(kolmogorovSmirnov(numbers(1), numbers())).toBeNaN();
  });
});
