import { describe, expect, it } from "vitest";
import { linearScale, niceEnd, niceTicks, tickDigits } from "../../report/linear-scale.ts";

describe("axes", () => {
  it("map ends to ends and round to hundredths", () => {
    const scale = linearScale(0, 3, 100, 0);
    expect([0, 1, 3, 6].map(scale)).toEqual([100, 66.67, 0, -100]);
    expect(linearScale(5, 5, 0, 10)(5)).toBe(5);
  });

  it("put ticks at multiples of 1, 2 or 5", () => {
    expect(niceTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(niceTicks(0, 0.3, 5)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(niceTicks(-0.25, 0.5, 4)).toEqual([-0.2, 0, 0.2, 0.4]);
    expect(niceTicks(2, 2, 5)).toEqual([2]);
  });

  it("end at the first tick that covers the data", () => {
    expect([0.37, 0.4, 1, 17].map((x) => niceEnd(x))).toEqual([0.4, 0.4, 1, 20]);
    expect([0, -1, NaN, Infinity].map((x) => niceEnd(x))).toEqual([1, 1, 1, 1]);
  });

  it("have as many digits as the ticks need", () => {
    expect([tickDigits(0, 1, 5), tickDigits(0, 0.2, 4), tickDigits(0, 50, 5), tickDigits(1, 1, 5)]).toEqual([
      1, 2, 0, 2,
    ]);
  });
});
