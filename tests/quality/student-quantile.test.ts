import { describe, expect, it } from "vitest";
import { studentQuantile } from "../../src/quality/student-quantile.ts";

describe("Student's quantiles", () => {
  it.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 2, 4.302652729749462],
    [0.975, 3, 3.1824463052837078],
    [0.975, 95, 1.9852510035054978],
    [0.975, 1001, 1.9623367052808798],
    [0.95, 7, 1.8945786050900062],
    [0.025, 7, -2.364624251592785],
  ])("%d with %d degrees is SciPy's %d to 1e-11", (probability, degrees, t) => {
    expect(Math.abs(studentQuantile(probability, degrees) / t - 1)).toBeLessThan(1e-11);
  });

  it("have the same bits in every runtime", () => {
    expect([1, 3, 95].map((degrees) => studentQuantile(0.975, degrees))).toEqual([
      12.70620473617469, 3.1824463052837055, 1.9852510035054995,
    ]);
  });
});
