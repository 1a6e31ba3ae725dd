import { describe, expect, it } from "vitest";
import type { Calibration } from "../../../src/model/manifest-calibration.ts";
import { calibrator } from "../../../trainer/calibrate/calibrator.ts";
import { fitBeta } from "../../../trainer/calibrate/fit-beta.ts";
import { betaTerms } from "../../../trainer/calibrate/beta-terms.ts";
import { fitCalibration } from "../../../trainer/calibrate/fit-calibration.ts";
import { fitIsotonic } from "../../../trainer/calibrate/fit-isotonic.ts";
import { sigmoid } from "../../../trainer/score/sigmoid.ts";
import { seededUniform } from "../volatile-ticks.ts";
import golden from "./golden-calibration.json" with { type: "json" };

describe("isotonic calibration", () => {
  const { scores, labels, thresholds, values, queries, predictions } = golden.isotonic;
  const fit = fitIsotonic(Float64Array.from(scores), Uint8Array.from(labels));

  it("has the points of scikit-learn's, ties in the scores included", () => {
    expect(fit.scores).toEqual(thresholds);
    fit.probabilities.forEach((p, i) => expect(p).toBeCloseTo(values[i]!, 13));
  });

  it("predicts what scikit-learn predicts between and beyond them", () => {
    const calibrate = calibrator(fit);
    queries.forEach((x, i) => expect(calibrate(x)).toBeCloseTo(predictions[i]!, 12));
  });

  it("pools the violators of the worked example", () => {
    const fit = fitIsotonic(Float64Array.of(1, 2, 3, 4), Uint8Array.of(0, 1, 0, 1));
    expect(fit).toEqual({ method: "isotonic", scores: [1, 2, 3, 4], probabilities: [0, 0.5, 0.5, 1] });
  });

  it("is one point for equal scores, and a constant for a ranking that is upside down", () => {
    expect(fitIsotonic(Float64Array.of(2, 2, 2), Uint8Array.of(0, 1, 1))).toEqual({
      method: "isotonic",
      scores: [2],
      probabilities: [2 / 3],
    });
    const down = fitIsotonic(Float64Array.of(1, 2), Uint8Array.of(1, 0));
    expect(down).toEqual({ method: "isotonic", scores: [1, 2], probabilities: [0.5, 0.5] });
    expect([-9, 1.5, 9].map(calibrator(down))).toEqual([0.5, 0.5, 0.5]);
    expect(() => fitIsotonic(new Float64Array(0), new Uint8Array(0))).toThrow(RangeError);
  });
});

describe.each(golden.beta)("beta calibration: $name", ({ scores, labels, abc, loss }) => {
  const targetsLoss = (a: number, b: number, c: number): number => {
    const positives = labels.filter((y) => y === 1).length;
    const target = (y: number): number =>
      y === 1 ? (positives + 1) / (positives + 2) : 1 / (labels.length - positives + 2);
    const losses = scores.map((s, i) => {
      const { lnP, minusLnQ } = betaTerms(s);
      const z = a * lnP + b * minusLnQ + c;
      return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target(labels[i]!) * z;
    });
    return losses.reduce((sum, x) => sum + x, 0) / losses.length;
  };

  it("reaches scipy's constrained optimum", () => {
    const { a, b, c } = fitBeta(Float64Array.from(scores), Uint8Array.from(labels));
    expect(targetsLoss(a, b, c)).toBeLessThanOrEqual(loss + 1e-12);
    [a, b, c].forEach((x, i) => expect(Math.abs(x - abc[i]!)).toBeLessThan(2e-5));
    expect(a >= 0 && b >= 0).toBe(true);
    expect([a === 0, b === 0]).toEqual([abc[0] === 0, abc[1] === 0]);
  });
});

describe("beta terms", () => {
  it("are ln p and −ln(1 − p), and their sum is the score", () => {
    expect(betaTerms(0)).toEqual({ lnP: -Math.LN2, minusLnQ: Math.LN2 });
    for (const s of [-25, -1, 0.3, 25]) {
      expect(betaTerms(s).lnP).toBeCloseTo(Math.log(sigmoid(s)), 9);
      expect(betaTerms(s).lnP + betaTerms(s).minusLnQ).toBeCloseTo(s, 12);
    }
  });

  it("stay at ±30", () => {
    expect(betaTerms(1e9)).toEqual(betaTerms(30));
    expect(betaTerms(-Infinity)).toEqual(betaTerms(-30));
  });
});

describe("applying a calibration", () => {
  const isotonic: Calibration = { method: "isotonic", scores: [0, 2], probabilities: [0.1, 0.5] };

  it("gives the worked examples", () => {
    expect(calibrator({ method: "platt", slope: 2, intercept: -1 })(0.5)).toBe(0.5);
    expect(calibrator(isotonic)(1)).toBeCloseTo(0.3, 12);
    expect(calibrator({ method: "none" })(0)).toBe(0.5);
    expect(calibrator({ method: "beta", a: 1, b: 1, c: 0 })(0.7)).toBeCloseTo(sigmoid(0.7), 12);
  });

  it("never falls as the score rises, stays in [0, 1] and passes NaN on", () => {
    const jump: Calibration = { method: "isotonic", scores: [-1, 0, 0, 3], probabilities: [0, 0.2, 0.9, 1] };
    const all: Calibration[] = [isotonic, jump, { method: "beta", a: 0.2, b: 3, c: -4 }];
    for (const calibration of all) {
      const values = Array.from({ length: 1601 }, (_, i) => calibrator(calibration)((i - 800) / 20));
      expect(values.every((p, i) => p >= 0 && p <= 1 && (i === 0 || p >= values[i - 1]!))).toBe(true);
      expect(calibrator(calibration)(NaN)).toBeNaN();
    }
    expect(calibrator(jump)(0)).toBeCloseTo(0.2, 12);
    expect(calibrator(jump)(1e-9)).toBeCloseTo(0.9, 8);
  });
});

describe("choosing a calibration", () => {
  const uniform = seededUniform(11);
  const scores = Float64Array.from({ length: 6000 }, () => 6 * uniform() - 3);
  const labels = Uint8Array.from(scores, (s) => (uniform() < sigmoid(s) ? 1 : 0));
  const few = Uint8Array.from(labels, (y, i) => (i < 1900 ? y : 0));

  it("gives each method by its name", () => {
    for (const method of ["beta", "isotonic"] as const) {
      expect(fitCalibration(method, scores, labels)).toMatchObject({ method });
    }
  });

  it("refuses beta and isotonic below 1,000 positives, naming how many there are", () => {
    const positives = few.reduce((sum, y) => sum + y, 0);
    expect(positives).toBeLessThan(1000);
    for (const method of ["beta", "isotonic"] as const) {
      const refused = `${positives} spikes: ${method} calibration needs at least 1000`;
      expect(fitCalibration(method, scores, few)).toEqual({ refused });
    }
  });

  it("refuses a flat curve, and rows of one outcome", () => {
    const down = scores.map((s) => -s);
    for (const method of ["beta", "isotonic"] as const) {
      const sorted = Uint8Array.from(down, (s) => (s < 0 ? 1 : 0));
      expect(fitCalibration(method, down, sorted)).toMatchObject({
        refused: expect.stringContaining("flat") as string,
      });
    }
    expect(fitCalibration("beta", scores, new Uint8Array(6000))).toMatchObject({
      refused: expect.stringContaining("0 spikes in 6000 rows") as string,
    });
  });
});
