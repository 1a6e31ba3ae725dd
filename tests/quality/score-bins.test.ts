import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_SCORE, SCORE_BINS, ScoreBins } from "../../src/quality/score-bins.ts";

const unit = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x ** 8),
  fc.double({ min: 0, max: 1, noNaN: true }).map((x) => 1 - x ** 8),
  fc.constantFrom(0, 5e-324, 2 ** -149, 0.5, 1 - 2 ** -53, 1),
);
const float32 = unit.map(Math.fround);

describe("score bins", () => {
  it("has the worked example's bins", () => {
    const bins = new ScoreBins(0.5);
    expect([bins.firstAlertBin, bins.bin(0.5), bins.bin(0.4999999)]).toEqual([64, 64, 63]);
    expect(bins.probability(64)).toBeCloseTo(1 / (1 + Math.exp(-1 / 16)), 15);
    expect(new ScoreBins(0).firstAlertBin).toBe(1);
  });

  it("say alert exactly when the probability is at least the threshold, whatever the threshold", () => {
    fc.assert(
      fc.property(unit, float32, (threshold, p) => {
        const bins = new ScoreBins(threshold);
        expect(bins.bin(p) >= bins.firstAlertBin).toBe(p >= threshold);
        expect(bins.bin(Math.fround(threshold)) >= bins.firstAlertBin).toBe(Math.fround(threshold) >= threshold);
      }),
      { numRuns: 3000 },
    );
  });

  it("separate the neighbours of the threshold", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (threshold) => {
        const bins = new ScoreBins(threshold);
        const below = threshold * (1 - Number.EPSILON);
        expect(bins.bin(threshold)).toBe(bins.firstAlertBin);
        if (below < threshold) expect(bins.bin(below)).toBe(bins.firstAlertBin - 1);
      }),
    );
  });

  it("rise with the probability and stay bytes below NO_SCORE", () => {
    fc.assert(
      fc.property(unit, float32, float32, (threshold, a, b) => {
        const bins = new ScoreBins(threshold);
        const [low, high] = [bins.bin(Math.min(a, b)), bins.bin(Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThan(SCORE_BINS);
      }),
    );
  });

  it("are 1/8 of a logit wide, and the middle of each lies in it", () => {
    for (const threshold of [0.001, 0.1, 0.37, 0.5, 0.99]) {
      const bins = new ScoreBins(threshold);
      for (let bin = 1; bin < SCORE_BINS - 1; bin++) {
        expect(bins.bin(bins.probability(bin)), `${threshold} ${bin}`).toBe(bin);
        const [p, next] = [bins.probability(bin), bins.probability(bin + 1)];
        expect(Math.log(next / (1 - next)) - Math.log(p / (1 - p))).toBeCloseTo(1 / 8, 9);
      }
      const [low, high] = [bins.probability(0), bins.probability(SCORE_BINS - 1)];
      expect(Math.log(low / (1 - low))).toBeLessThan(-7.8);
      expect(Math.log(high / (1 - high))).toBeGreaterThan(7.8);
    }
  });

  it("leave an extreme threshold a bin of its own without moving the others", () => {
    const [none, all] = [new ScoreBins(1), new ScoreBins(0)];
    expect([none.firstAlertBin, none.bin(1), none.bin(1 - 2 ** -24)]).toEqual([127, 127, 126]);
    expect([all.firstAlertBin, all.bin(0), all.bin(0.5)]).toEqual([1, 1, 64]);
    expect(new ScoreBins(1e-9).bin(1e-10)).toBe(0);
    expect(none.bin(0.5)).toBe(64);
  });

  it("have no bin for what is no probability, and refuse such a threshold", () => {
    const bins = new ScoreBins(0.2);
    for (const p of [NaN, -1e-9, 1.0000001, Infinity, -Infinity]) expect(bins.bin(p)).toBe(NO_SCORE);
    for (const threshold of [NaN, -0.1, 1.1]) {
      expect(() => new ScoreBins(threshold)).toThrow(`threshold: got ${threshold}, expected a number from 0 to 1`);
    }
  });
});

describe("score bins between given edges", () => {
  const edges = fc
    .tuple(unit, fc.array(unit, { maxLength: 100 }))
    .map(([threshold, others]) => ({ threshold, edges: [...new Set([threshold, ...others])].sort((a, b) => a - b) }));

  it("have the worked example's bins", () => {
    const bins = new ScoreBins(0.3, [0.1, 0.3]);
    expect([0, 0.05, 0.1, 0.2999, 0.3, 1].map((p) => bins.bin(p))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(bins.firstAlertBin).toBe(2);
    expect([0, 1, 2].map((bin) => bins.probability(bin))).toEqual([0.05, 0.2, 0.65]);
  });

  it("count the edges up to a probability, and alert exactly from the threshold on", () => {
    fc.assert(
      fc.property(edges, float32, ({ threshold, edges: given }, p) => {
        const bins = new ScoreBins(threshold, given);
        expect(bins.bin(p)).toBe(given.filter((edge) => edge <= p).length);
        expect(bins.bin(p) >= bins.firstAlertBin).toBe(p >= threshold);
        expect(bins.bin(threshold)).toBe(bins.firstAlertBin);
      }),
      { numRuns: 2000 },
    );
  });

  it("are refused without the threshold, out of order, or too many", () => {
    expect(() => new ScoreBins(0.5, [0.4])).toThrow("edges: got none at the threshold 0.5, expected one");
    expect(() => new ScoreBins(0.5, [0.5, 0.4])).toThrow("edges: got 2 numbers, expected at most 127 that rise");
    const many = Array.from({ length: 128 }, (_, k) => k / 128);
    expect(() => new ScoreBins(0.5, many)).toThrow("edges: got 128 numbers");
  });
});
