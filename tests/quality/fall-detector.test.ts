import { describe, expect, it } from "vitest";
import { FallDetector } from "../../src/quality/alert-evidence/fall-detector.ts";
import { rowOfFewer, rowOfMore, rowOfReference } from "../../src/quality/alert-evidence/evidence-rows.ts";
import { linearCongruential } from "../features/linear-congruential.ts";

const uniforms = (seed: number): (() => number) => {
  const next = linearCongruential(seed);
  return () => (next() >>> 8) / 2 ** 24;
};

describe("FallDetector", () => {
  it("multiplies what it has by the factor of each group, with the example of its documentation", () => {
    const detector = new FallDetector({ groupSteps: 2, horizonSteps: 1 });
    const closed: number[] = [];
    // Four groups are looked at before the first stake, and a group closes with the first row of the next one.
    for (let step = 0; step < 12; step++) {
      if (detector.update(step, { gain: 0.1, bound: 0.04 })) closed.push(step);
    }
    expect(closed).toEqual([2, 4, 6, 8, 10]);
    expect(detector.groups).toBe(5);
    expect(Array.from(detector.arrays[0]!, (one) => Number(one.toFixed(6)))).toEqual([1.06, 1.12, 1.25, 1.5, 2, 3]);
    expect(detector.value).toBeCloseTo((1.06 + 1.12 + 1.25 + 1.5 + 2 + 3) / 6, 12);
    detector.restart();
    expect(detector.value).toBe(0);
  });

  it("never loses more than it has, whatever comes, and takes no row whose worst outcome would", () => {
    for (const horizonSteps of [1, 7, 60]) {
      const detector = new FallDetector({ groupSteps: 15 * horizonSteps, horizonSteps });
      const next = uniforms(horizonSteps);
      for (let step = 0; step < 300 * horizonSteps; step++) {
        // A thousand small gains, then the worst at every row.
        const p = next();
        const isCalm = step < 150 * horizonSteps;
        const closes = detector.update(step, rowOfFewer(p, isCalm ? Number(next() < p) : 1, 0.02).ofFall);
        if (!closes) continue;
        for (const one of detector.arrays[0]!) expect(one).toBeGreaterThanOrEqual(0);
      }
      expect(Number.isFinite(detector.value)).toBe(true);
    }
  });

  it("has a mean of at most the number of groups while the scores are calibrated, on overlapping horizons too", () => {
    for (const horizonSteps of [1, 12]) {
      const next = uniforms(20261201 + horizonSteps);
      const groups = 30;
      let [sum, most] = [0, 0];
      const runs = 600;
      for (let run = 0; run < runs; run++) {
        const detector = new FallDetector({ groupSteps: 15 * horizonSteps, horizonSteps });
        // A label for each horizon: rows that share it are wrong together.
        for (let step = 0, p = 0.3, label = 0; step < (groups + 5) * 15 * horizonSteps; step++) {
          if (step % horizonSteps === 0) [p, label] = [0.05 + 0.5 * next(), 0];
          if (step % horizonSteps === 0) label = Number(next() < p);
          detector.update(step, rowOfMore(p, label, 0).ofFall);
        }
        sum += detector.value;
        most += Number(detector.value >= groups / 0.05);
      }
      expect(sum / runs).toBeLessThan(1.5 * groups);
      expect(most / runs).toBeLessThan(0.05);
    }
  });

  it("grows within hours when every second promised spike stays away", () => {
    const next = uniforms(5);
    const detector = new FallDetector({ groupSteps: 15, horizonSteps: 1 });
    const limit = 288_000;
    let toldAt = NaN;
    for (let step = 0; step < 20_000 && Number.isNaN(toldAt); step++) {
      const p = 0.4 * next();
      const label = Number(next() < (step < 10_000 ? p : p / 2));
      detector.update(step, rowOfFewer(p, label, 0.02).ofFall);
      if (detector.value >= limit) toldAt = step;
    }
    expect(toldAt).toBeGreaterThan(10_000);
    expect(toldAt).toBeLessThan(10_000 + 1440);
  });

  it("refuses arrays of another shape", () => {
    const detector = new FallDetector({ groupSteps: 15, horizonSteps: 1 });
    expect(() => detector.load([[1, 2]])).toThrow("detector: got 2 numbers, expected 6");
  });
});

describe("a row's evidence", () => {
  it("is that of the examples", () => {
    expect(rowOfMore(0.3, 1, 0.02).ofFall.gain).toBeCloseTo(0.68, 12);
    expect(rowOfMore(0.3, 1, 0.02).ofFall.bound).toBeCloseTo(0.32, 12);
    expect(rowOfReference(0.2, 0.3, 1, 0).ofFall.gain).toBeCloseTo(0.15, 12);
    expect(rowOfReference(0.2, 0.3, 0, 0).ofFall.gain).toBeCloseTo(-0.05, 12);
  });

  it("never falls below its bound, and does not know the label by it", () => {
    const next = uniforms(9);
    for (let i = 0; i < 2000; i++) {
      const [p, q, at] = [next(), next(), 0.1 * next() - 0.05];
      const ways = [
        (label: number) => rowOfMore(p, label, 0.02),
        (label: number) => rowOfFewer(p, label, 0.02),
        (label: number) => rowOfReference(p, q, label, at),
      ];
      for (const way of ways) {
        for (const of of ["ofFall", "ofEnd"] as const) {
          const [calm, spike] = [way(0)[of], way(1)[of]];
          expect(calm.bound).toBe(spike.bound);
          expect(Math.min(calm.gain, spike.gain)).toBeGreaterThanOrEqual(-calm.bound - 1e-15);
        }
      }
    }
  });
});
