import { describe, expect, it } from "vitest";
import { type GainSums, NO_GAINS, addGain, meanGain } from "../../src/quality/promotion/sequential-interval.ts";
import { student975 } from "../../src/quality/promotion/student-975.ts";
import { uniforms } from "./sequential-gains.ts";

/** Quantiles by SciPy 1.16: `scipy.stats.t.ppf(0.975, k)`. */
const SCIPY: readonly (readonly [number, number])[] = [
  [1, 12.706204736174694],
  [2, 4.302652729749462],
  [8, 2.306004135204166],
  [9, 2.262157162798205],
  [10, 2.228138851986274],
  [15, 2.131449545559776],
  [30, 2.0422724563012378],
];

describe("Student's 97.5 % quantile", () => {
  it("is SciPy's within 1e-5", () => {
    for (const [degrees, expected] of SCIPY) expect(Math.abs(student975(degrees) / expected - 1)).toBeLessThan(1e-5);
    expect(student975(1e9)).toBeCloseTo(1.959964, 6);
  });

  it("falls as the degrees grow, also where table and expansion meet", () => {
    for (let degrees = 1; degrees < 200; degrees++) expect(student975(degrees + 1)).toBeLessThan(student975(degrees));
  });

  it("refuses what is no whole number from 1", () => {
    for (const degrees of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => student975(degrees)).toThrow(`degrees: got ${degrees}, expected a whole number from 1`);
    }
  });
});

describe("the mean gain", () => {
  it("has the interval of the example: two blocks of one row, 0.1 and 0.3", () => {
    const figure = meanGain(addGain(addGain(NO_GAINS, 1, 0.1), 1, 0.3))!;
    expect(figure.value).toBeCloseTo(0.2, 12);
    expect(figure.high - figure.value).toBeCloseTo(1.2706, 4);
    expect(figure.value - figure.low).toBeCloseTo(1.2706, 4);
  });

  it("is what all blocks together give, each counted for its rows", () => {
    const next = uniforms(11);
    const blocks = Array.from({ length: 300 }, () => ({ rows: 420 + Math.floor(next() * 400), gain: next() - 0.48 }));
    const sums = blocks.reduce<GainSums>((all, { rows, gain }) => addGain(all, rows, gain), NO_GAINS);
    const rows = blocks.reduce((n, block) => n + block.rows, 0);
    const value = blocks.reduce((sum, block) => sum + block.rows * block.gain, 0) / rows;
    const squares = blocks.reduce((sum, block) => sum + (block.rows * (block.gain - value)) ** 2, 0);
    const reach = (1.967929669 * Math.sqrt((300 / 299) * squares)) / rows;
    const figure = meanGain(sums)!;
    expect(figure.value).toBeCloseTo(value, 12);
    expect(figure.low).toBeCloseTo(value - reach, 7);
    expect(figure.high).toBeCloseTo(value + reach, 7);
  });

  it("does not exist below two blocks, and is a point where all gains are equal", () => {
    expect(meanGain(NO_GAINS)).toBeNull();
    expect(meanGain(addGain(NO_GAINS, 840, 0.5))).toBeNull();
    let sums = NO_GAINS;
    for (let b = 0; b < 50; b++) sums = addGain(sums, 840, 0.1);
    const { value, low, high } = meanGain(sums)!;
    expect([value, low, high].every((x) => Math.abs(x - 0.1) < 1e-6)).toBe(true);
  });
});
