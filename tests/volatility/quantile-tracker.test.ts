// Quantile tracking against its definition, step by step.
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import {
  firstLabelsOf,
  QuantileTracker,
  quantilesOf,
  sortOffsets,
  stepSizeOf,
} from "../../src/volatility/quantile-tracker.ts";
import { SIGMA_LEVELS } from "../../src/volatility/sigma-levels.ts";

describe("QuantileTracker", () => {
  it("moves an offset that was too low by step · level up, and one that was not by step · (1 − level) down", () => {
    const tracker = new QuantileTracker(60, [-0.5, 0, 0.5]);
    tracker.update(1, tracker.offsets.slice(), 0);
    expect([...tracker.offsets]).toEqual([-0.5 + 0.0005, 0.0025, 0.5 + 0.0045]);
    tracker.update(-1, tracker.offsets.slice(), 0);
    expect(tracker.offsets[2]).toBeCloseTo(0.5 + 0.0045 - 0.0005, 12);
  });

  it("judges what was answered when the step closed, not the offsets of now", () => {
    const tracker = new QuantileTracker(60, [-0.5, 0, 0.5]);
    const answered = tracker.offsets.slice();
    for (let i = 0; i < 500; i++) tracker.update(0.1, answered, 0);
    expect(tracker.offsets[1]).toBeCloseTo(500 * 0.0025, 9);
  });

  it("has the offset that the first offset, the labels and how often it was enough give", () => {
    const random = new SeededRandom(5);
    const tracker = new QuantileTracker(1, [-1, 0, 1]);
    const enough = [0, 0, 0];
    for (let n = 1; n <= 5000; n++) {
      const residual = 3 * random.uniform() - (n > 2500 ? 0 : 2);
      SIGMA_LEVELS.forEach((_, level) => (enough[level]! += residual <= tracker.offsets[level]! ? 1 : 0));
      tracker.update(residual, tracker.offsets.slice(), 0);
      SIGMA_LEVELS.forEach((level, l) => {
        expect(tracker.offsets[l]).toBeCloseTo([-1, 0, 1][l]! + 0.005 * (n * level - enough[l]!), 8);
      });
    }
    // So coverage is off by what the offsets moved, over the labels and the step: here less than 1 %.
    SIGMA_LEVELS.forEach((level, l) => expect(Math.abs(enough[l]! / 5000 - level)).toBeLessThan(0.1));
  });

  it("begins without offsets of its training once it has the labels that it says", () => {
    const tracker = new QuantileTracker(1);
    const none = new Float64Array(3).fill(NaN);
    for (let i = 0; i < firstLabelsOf(1) - 1; i++) tracker.update(i, none, 0);
    expect([tracker.ready, tracker.missingLabels]).toEqual([false, 1]);
    tracker.update(99, none, 0);
    expect([tracker.ready, tracker.missingLabels]).toEqual([true, 0]);
    expect([...tracker.offsets]).toEqual([...quantilesOf(Array.from({ length: 100 }, (_, i) => i))]);
    // A label of a step that was answered without quantiles teaches nothing.
    tracker.update(5, none, 0);
    expect([...tracker.offsets]).toEqual([...tracker.first]);
  });

  it("goes on from its arrays, ready or not, and refuses others", () => {
    for (const labels of [40, 140]) {
      const [one, other] = [new QuantileTracker(1), new QuantileTracker(1)];
      for (let i = 0; i < labels; i++) one.update(i % 7, one.offsets.slice(), 0);
      other.load(one.arrays.map((array) => array.slice()));
      for (const tracker of [one, other])
        for (let i = 0; i < 90; i++) tracker.update(i % 5, tracker.offsets.slice(), 0);
      expect(other.arrays).toEqual(one.arrays);
    }
    expect(() => new QuantileTracker(1).load([new Float64Array(2)])).toThrow("expected 3 each");
  });

  it("takes smaller steps for longer horizons, whose labels overlap and come late", () => {
    expect([1, 60, 300].map(stepSizeOf)).toEqual([0.005, 0.005, 0.001]);
    expect([1, 60, 3600].map(firstLabelsOf)).toEqual([100, 900, 4096]);
  });
});

describe("quantilesOf", () => {
  it("is linear between the order statistics", () => {
    expect([...quantilesOf([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])]).toEqual([1, 5, 9]);
    expect([...quantilesOf([4])]).toEqual([4, 4, 4]);
  });
});

describe("sortOffsets", () => {
  it("gives crossed offsets in ascending order", () => {
    const out = new Float64Array(3);
    for (const offsets of [
      [1, 2, 3],
      [2, 1, 3],
      [3, 2, 1],
      [2, 2, 1],
    ]) {
      sortOffsets(offsets, 0, out);
      expect([...out]).toEqual([...offsets].sort((a, b) => a - b));
    }
  });
});
