import { describe, expect, it } from "vitest";
import { highestRate } from "../../src/drift/false-alarm-rate.ts";

describe("the highest rate", () => {
  // The density of Beta(l, n + 1 - l), l = floor(alpha * (n + 1)), summed over 200,000 steps up to 0.95.
  it.each([
    [20, 4 / 21, 0.34366],
    [14, 0.2, 0.38539],
    [59, 0.05, 0.10289],
    [100, 0.05, 0.0892],
    [412, 0.05, 0.06694],
  ])("of %i windows at %f is %f, as the quantile of the beta distribution says", (windows, alpha, expected) => {
    expect(highestRate(windows, alpha)).toBeCloseTo(expected, 4);
  });

  it("is 1 where no window is left", () => {
    expect(highestRate(0, 0.05)).toBe(1);
    expect(highestRate(2, 0.9)).toBeLessThan(1);
  });
});
