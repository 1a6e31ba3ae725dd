import { describe, expect, it } from "vitest";
import { IDENTITY, type Line } from "../../src/recalibration/line.ts";
import { LEARNT_NUMBERS, Recalibrator, refitSteps } from "../../src/recalibration/recalibrator.ts";
import { labelledScores } from "./market.ts";

function learn(one: Recalibrator, truth: Line, horizons: number, seed = 1): void {
  const scores = labelledScores(truth, seed);
  for (let k = 1; k <= horizons; k++) {
    const { z, label } = scores.next().value;
    one.add(z, label);
    if (k % refitSteps(1) === 0) one.refit();
  }
}

describe("a recalibrator", () => {
  it("gives the prior until it is fitted, and while there are no labels", () => {
    const one = new Recalibrator(1);
    expect(one.line).toEqual(IDENTITY);
    one.refit();
    expect(one.line).toEqual(IDENTITY);
    const { z, label } = labelledScores(IDENTITY, 1).next().value;
    one.add(z, label);
    expect(one.line).toEqual(IDENTITY);
  });

  it("finds what is wrong with a model, and leaves a right one alone", () => {
    const wrong = new Recalibrator(1);
    learn(wrong, { slope: 0.7, level: -1 }, 20_000);
    expect(wrong.line.slope).toBeCloseTo(0.7, 1);
    expect(wrong.line.level).toBeCloseTo(-1, 0);
    const right = new Recalibrator(1);
    learn(right, IDENTITY, 20_000);
    expect(Math.abs(right.line.slope - 1)).toBeLessThan(0.05);
  });

  it("follows a change within 300 horizons, though it remembers for 24,000", () => {
    const one = new Recalibrator(1);
    learn(one, IDENTITY, 20_000);
    learn(one, { slope: 0.3, level: 0 }, 300, 2);
    expect(one.line.slope).toBeLessThan(0.6);
  });

  it("counts overlapping labels as one for each horizon", () => {
    const single = new Recalibrator(1);
    const overlapping = new Recalibrator(60);
    const scores = labelledScores({ slope: 0.7, level: -1 }, 3);
    for (let k = 0; k < 150; k++) {
      const { z, label } = scores.next().value;
      single.add(z, label);
      for (let n = 0; n < 60; n++) overlapping.add(z, label);
    }
    single.refit();
    overlapping.refit();
    expect(overlapping.line.slope).toBeCloseTo(single.line.slope, 8);
    expect(overlapping.line.level).toBeCloseTo(single.line.level, 8);
  });

  it("goes on from its numbers as if it had never stopped", () => {
    const one = new Recalibrator(1);
    learn(one, { slope: 0.7, level: -1 }, 1007);
    const again = new Recalibrator(1);
    again.loadLearnt(one.saveLearnt());
    again.loadFresh(one.saveFresh());
    for (const each of [one, again]) learn(each, { slope: 0.5, level: 0 }, 100, 5);
    expect(again.line).toEqual(one.line);
    expect(again.saveLearnt()).toEqual(one.saveLearnt());
  });

  it("refuses numbers of another count, and those that are not finite", () => {
    const one = new Recalibrator(1);
    expect(() => one.loadFresh(new Float64Array(3))).toThrow("fresh: got 3 numbers, expected 96");
    const numbers = new Float64Array(LEARNT_NUMBERS);
    numbers[1] = NaN;
    expect(() => one.loadLearnt(numbers)).toThrow("learnt: got NaN, expected finite numbers");
  });
});
