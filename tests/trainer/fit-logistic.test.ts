import { describe, expect, it } from "vitest";
import { calibrator } from "../../trainer/calibrate/calibrator.ts";
import { fitLogistic } from "../../trainer/fit/fit-logistic.ts";
import { fitPlatt, MIN_SLOPE } from "../../trainer/calibrate/platt.ts";
import { stretchSample } from "../../trainer/rows/stretch-sample.ts";
import { seededUniform } from "./volatile-ticks.ts";
import golden from "./golden-logistic.json" with { type: "json" };

const design = { x: Float64Array.from(golden.x.flat()), width: 3, targets: Float64Array.from(golden.y) };

describe("L2 logistic regression", () => {
  it.each(golden.fits)("finds scikit-learn's weights at strength $strength", ({ strength, weights, intercept }) => {
    const fit = fitLogistic(design, strength);
    weights.forEach((w, j) => expect(fit.weights[j]).toBeCloseTo(w, 7));
    expect(fit.intercept).toBeCloseTo(intercept, 7);
  });

  it("ends at the same weights from another start", () => {
    const far = fitLogistic(design, 0.1, { weights: Float64Array.of(9, -9, 9), intercept: 5 });
    const near = fitLogistic(design, 0.1);
    far.weights.forEach((w, j) => expect(w).toBeCloseTo(near.weights[j]!, 8));
  });

  it("counts a row of weight 3 like the same row three times", () => {
    const weights = design.targets.map((_, i) => (i % 4 === 0 ? 3 : 1));
    const rows = [...weights].flatMap((w, i) => new Array<number>(w).fill(i));
    const repeated = {
      x: Float64Array.from(rows.flatMap((i) => [...design.x.subarray(i * 3, i * 3 + 3)])),
      width: 3,
      targets: Float64Array.from(rows, (i) => design.targets[i]!),
    };
    const weighted = fitLogistic({ ...design, weights }, 0.1);
    fitLogistic(repeated, 0.1).weights.forEach((w, j) => expect(weighted.weights[j]).toBeCloseTo(w, 9));
  });

  it("ends where the gradient of all rows is 0, also where the Hessian is that of a sample", () => {
    const uniform = seededUniform(11);
    const n = 60_000;
    const x = Float64Array.from({ length: 2 * n }, (_, i) =>
      i % 2 === 0 ? 4 * uniform() - 2 : (i >> 1) % 60 === 7 ? 1 : 0,
    );
    const targets = Float64Array.from({ length: n }, (_, i) =>
      uniform() < 1 / (1 + Math.exp(2 - x[2 * i]! - 1.5 * x[2 * i + 1]!)) ? 1 : 0,
    );
    const { weights, intercept, iterations } = fitLogistic({ x, width: 2, targets }, 0.01);
    const gradient = [0, 0, 0];
    targets.forEach((y, i) => {
      const [a, b] = [x[2 * i]!, x[2 * i + 1]!];
      const error = 1 / (1 + Math.exp(-(intercept + weights[0]! * a + weights[1]! * b))) - y;
      [a, b, 1].forEach((factor, j) => (gradient[j]! += (error * factor) / n));
    });
    expect(gradient[0]! + 0.01 * weights[0]!).toBeCloseTo(0, 8);
    expect(gradient[1]! + 0.01 * weights[1]!).toBeCloseTo(0, 8);
    expect(gradient[2]).toBeCloseTo(0, 8);
    expect(iterations).toBeLessThan(20);
  });

  // A standardised column that is 0 but in a few rows, which the sample misses, or has all of.
  it.each([
    ["misses", 0, 0.001],
    ["has too many of", 4, 0.001],
  ])("comes to the minimum in a few steps where the Hessian's sample %s a column's values", (_, inSample, strength) => {
    const uniform = seededUniform(12);
    const n = 150_000;
    const sample = new Set(stretchSample(n, 50_000));
    const rare = new Set([...Array(n).keys()].filter((i) => sample.has(i) === inSample > 0 && i % 31_000 > 30_990).slice(0, 4)); // prettier-ignore
    const x = new Float64Array(2 * n);
    const targets = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      x[2 * i] = 2 * (uniform() + uniform() + uniform()) - 3;
      x[2 * i + 1] = rare.has(i) ? Math.sqrt(n / 4) : 0;
      targets[i] = uniform() < 1 / (1 + Math.exp(2.2 - 1.5 * x[2 * i]!)) ? 1 : 0;
    }
    const { weights, intercept, iterations } = fitLogistic({ x, width: 2, targets }, strength);
    expect(rare.size).toBe(4);
    expect(iterations).toBeLessThan(25);
    const slopes = [strength * weights[0]!, strength * weights[1]!, 0];
    targets.forEach((y, i) => {
      const factors = [x[2 * i]!, x[2 * i + 1]!, 1];
      const error = 1 / (1 + Math.exp(-(intercept + weights[0]! * factors[0]! + weights[1]! * factors[1]!))) - y;
      factors.forEach((factor, j) => (slopes[j]! += (error * factor) / n));
    });
    for (const slope of slopes) expect(slope).toBeCloseTo(0, 7);
  });

  it("stays finite where a column is constant and unpenalised", () => {
    const x = new Float64Array(golden.y.length).fill(3);
    const fit = fitLogistic({ x, width: 1, targets: design.targets }, 0);
    const rate = golden.y.reduce((a, b) => a + b, 0) / golden.y.length;
    expect(calibrator({ method: "platt", slope: fit.weights[0]!, intercept: fit.intercept })(3)).toBeCloseTo(rate, 6);
  });
});

describe("Platt's calibration", () => {
  it("finds scikit-learn's slope and intercept", () => {
    const { scores, labels, slope, intercept } = golden.platt;
    const fit = fitPlatt(Float64Array.from(scores), Uint8Array.from(labels));
    expect(fit.slope).toBeCloseTo(slope, 4);
    expect(fit.intercept).toBeCloseTo(intercept, 4);
  });

  it("keeps a finite slope when scores separate the outcomes", () => {
    const { slope } = fitPlatt(Float64Array.of(-2, -1, 1, 2), Uint8Array.of(0, 0, 1, 1));
    expect(slope).toBeGreaterThan(0.5);
    expect(slope).toBeLessThan(10);
  });

  it("never turns a ranking around: a misleading score gives about the base rate", () => {
    const scores = Float64Array.of(2, 1, 0, -1, -2, 3);
    const labels = Uint8Array.of(0, 0, 0, 1, 1, 0);
    const fit = fitPlatt(scores, labels);
    expect(fit.slope).toBe(MIN_SLOPE);
    const mean = scores.reduce((sum, s) => sum + calibrator(fit)(s), 0) / scores.length;
    expect(mean).toBeCloseTo((2 * (3 / 4) + 4 * (1 / 6)) / 6, 6);
    expect(calibrator(fit)(3)).toBeGreaterThan(calibrator(fit)(-2));
  });
});
