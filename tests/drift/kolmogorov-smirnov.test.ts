import { describe, expect, it } from "vitest";
import { kolmogorovSmirnov } from "../../src/drift/kolmogorov-smirnov.ts";
import { numbers, sample, uniform } from "./samples.ts";

/** Of make-golden-ks.py: n, m, shift of the second sample, steps to round down to (0 for none), statistic, p value. */
const GOLDEN = [
  [5, 3, 0, 0, 0.4, 0.8571428571428572],
  [10, 10, 0.3, 0, 0.5, 0.16782134274394334],
  [100, 73, 0.1, 0, 0.14643835616438355, 0.2893116683636944],
  [500, 500, 0.05, 0, 0.082, 0.06930076569272504],
  [1000, 999, 0.25, 0, 0.29653653653653655, 3.476485105827942e-39],
  [300, 200, 0.1, 8, 0.16333333333333333, 0.003020282497631377],
  [12000, 300, 0.05, 0, 0.10574999999999998, 0.002626164693027281],
  [12000, 11000, 0.01, 0, 0.02013636363636362, 0.018787971702892845],
  [12000, 60, 0.2, 0, 0.2523333333333333, 0.0007455573609143062],
  [10001, 20, 0.1, 0, 0.16924807519248075, 0.5588623021448934],
] as const;

/** Share of all orders of n and m values of two kinds whose distribution functions ever lie `gap` / (n·m) apart. */
function shareOfOrders(n: number, m: number, gap: number): number {
  let reached = 0;
  let all = 0;
  const walk = (i: number, j: number, was: boolean): void => {
    const is = was || Math.abs(i * m - j * n) >= gap;
    if (i === n && j === m) {
      all += 1;
      if (is) reached += 1;
      return;
    }
    if (i < n) walk(i + 1, j, is);
    if (j < m) walk(i, j + 1, is);
  };
  walk(0, 0, false);
  return reached / all;
}

describe("the Kolmogorov–Smirnov test", () => {
  it("is exact for small samples: 1 2 3 against 4 5 6 has p = 2 of 20 orders", () => {
    expect(kolmogorovSmirnov(numbers(1, 2, 3), numbers(4, 5, 6))).toEqual({
      statistic: 1,
      pValue: expect.closeTo(0.1, 15),
    });
  });

  it("counts the orders of two samples, whatever their sizes", () => {
    for (const [n, m] of [
      [1, 1],
      [2, 5],
      [6, 4],
      [5, 5],
      [7, 6],
    ] as const) {
      for (const shift of [0.01, 0.3, 0.6]) {
        const [a, b] = [sample(n, uniform(n)), sample(m, uniform(m + 50)).map((x) => x + shift)];
        const { statistic, pValue } = kolmogorovSmirnov(a, b);
        expect(pValue).toBeCloseTo(shareOfOrders(n, m, Math.round(statistic * n * m)), 12);
      }
    }
  });

  it.each(GOLDEN)(
    "has scipy's numbers for %i and %i values, shift %f, %i steps",
    (n, m, shift, steps, statistic, pValue) => {
      const round = (x: number): number => (steps === 0 ? x : Math.floor(x * steps));
      const [a, b] = [sample(n, uniform(1)).map(round), sample(m, uniform(2)).map((x) => round(x + shift))];
      const found = kolmogorovSmirnov(a, b);
      expect(found.statistic).toBeCloseTo(statistic, 14);
      // Beyond 10,000 values it is an expansion in 1/√N, here with N = 20 at the worst.
      const small = Math.max(n, m) > 10_000 && Math.min(n, m) < 50;
      expect(Math.abs(found.pValue - pValue)).toBeLessThan(small ? 1e-4 : 1e-8);
    },
  );

  it("finds no difference between equal samples, ties included", () => {
    expect(kolmogorovSmirnov(numbers(2, 2, 2), numbers(2, 2))).toEqual({ statistic: 0, pValue: 1 });
    expect(kolmogorovSmirnov(numbers(1, 2, 3), numbers(3, 1, 2))).toEqual({ statistic: 0, pValue: 1 });
  });

  it("leaves out what is not finite, and is NaN without a value on either side", () => {
    expect(kolmogorovSmirnov(numbers(NaN, 1, 2, 3, Infinity), numbers(4, 5, 6)).statistic).toBe(1);
    expect(kolmogorovSmirnov(numbers(NaN), numbers(1))).toEqual({ statistic: NaN, pValue: NaN });
    expect(kolmogorovSmirnov(numbers(1), numbers())).toEqual({ statistic: NaN, pValue: NaN });
  });
});
