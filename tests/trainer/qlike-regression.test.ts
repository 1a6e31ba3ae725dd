import { describe, expect, it } from "vitest";
import { qlike } from "../../trainer/evaluate/metrics/qlike.ts";
import { MAX_ITERATIONS } from "../../trainer/fit/newton.ts";
import { fitQlikeRegression } from "../../trainer/volatility/qlike-regression.ts";
import { stretchSample } from "../../trainer/rows/stretch-sample.ts";
import { seededUniform } from "./volatile-ticks.ts";

const uniform = seededUniform(3);
const ROWS = 4000;
const x = Float64Array.from({ length: 2 * ROWS }, () => 2 * uniform() - 1);
/** Variance e^(0.3 + x₀ − 2 x₁) times a noise of mean 1 that is 0 in a tenth of the rows. */
const variances = Float64Array.from({ length: ROWS }, (_, i) => {
  const noise = uniform() < 0.1 ? 0 : -Math.log(uniform()) / 0.9;
  return Math.exp(0.3 + x[2 * i]! - 2 * x[2 * i + 1]!) * noise;
});
const forecasts = ({ weights, intercept }: ReturnType<typeof fitQlikeRegression>): Float64Array =>
  Float64Array.from({ length: ROWS }, (_, i) =>
    Math.exp(intercept + weights[0]! * x[2 * i]! + weights[1]! * x[2 * i + 1]!),
  );
const loss = (fit: ReturnType<typeof fitQlikeRegression>): number =>
  forecasts(fit).reduce((sum, f, i) => sum + variances[i]! / f + Math.log(f), 0) / ROWS;

describe("QLIKE regression", () => {
  const fit = fitQlikeRegression(x, 2, variances, 0);

  it("finds the forecast behind noisy variances, those of 0 included", () => {
    expect(fit.intercept).toBeCloseTo(0.3, 1);
    expect(fit.weights[0]).toBeCloseTo(1, 1);
    expect(fit.weights[1]).toBeCloseTo(-2, 1);
  });

  it("minimises its loss, so that realised over forecast variance is 1 on average", () => {
    const mean = forecasts(fit).reduce((sum, f, i) => sum + variances[i]! / f, 0) / ROWS;
    expect(mean).toBeCloseTo(1, 6);
    for (const d of [-1e-3, 1e-3]) {
      expect(loss(fit)).toBeLessThan(loss({ ...fit, intercept: fit.intercept + d }));
      expect(loss(fit)).toBeLessThan(loss({ ...fit, weights: fit.weights.map((w, j) => w + (j === 0 ? d : 0)) }));
      expect(loss(fit)).toBeLessThan(loss({ ...fit, weights: fit.weights.map((w, j) => w + (j === 1 ? d : 0)) }));
    }
  });

  it("has a lower QLIKE than a constant, and shrinks to the mean variance as the strength grows", () => {
    const positive = variances.map((v) => Math.max(v, 1e-6));
    const mean = variances.reduce((a, b) => a + b, 0) / ROWS;
    expect(qlike(positive, forecasts(fit))).toBeLessThan(qlike(positive, new Float64Array(ROWS).fill(mean)));
    const strong = fitQlikeRegression(x, 2, variances, 1e9);
    expect(Math.exp(strong.intercept)).toBeCloseTo(mean, 6);
    expect(Math.max(...strong.weights.map(Math.abs))).toBeLessThan(1e-6);
  });

  it("ends where the gradient of all rows is 0, also where the Hessian is that of a sample", () => {
    const n = 60_000;
    const long = Float64Array.from({ length: n }, () => 2 * uniform() - 1);
    const noisy = long.map((a) => Math.exp(a) * -Math.log(uniform()));
    const { weights, intercept } = fitQlikeRegression(long, 1, noisy, 0.1);
    const ratios = long.map((a, i) => noisy[i]! * Math.exp(-intercept - weights[0]! * a));
    expect(ratios.reduce((sum, r) => sum + r, 0) / n).toBeCloseTo(1, 8);
    const slope = ratios.reduce((sum, r, i) => sum + (1 - r) * long[i]!, 0) / n + 0.1 * weights[0]!;
    expect(slope).toBeCloseTo(0, 8);
  });

  it("ends there also where the sample misses all values of a column", () => {
    const n = 150_000;
    const sample = new Set(stretchSample(n, 50_000));
    const rare = [1, 2, 3, 4].map((part) => {
      let i = part * 30_000;
      while (sample.has(i)) i++;
      return i;
    });
    const rows = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) rows[2 * i] = 2 * uniform() - 1;
    for (const i of rare) rows[2 * i + 1] = Math.sqrt(n / 4);
    const noisy = Float64Array.from({ length: n }, (_, i) => Math.exp(rows[2 * i]!) * -Math.log(uniform()));
    const { weights, intercept } = fitQlikeRegression(rows, 2, noisy, 0.001);
    const slopes = [0.001 * weights[0]!, 0.001 * weights[1]!, 0];
    for (let i = 0; i < n; i++) {
      const [a, b] = [rows[2 * i]!, rows[2 * i + 1]!];
      const slope = 1 - noisy[i]! * Math.exp(-intercept - weights[0]! * a - weights[1]! * b);
      [a, b, 1].forEach((factor, j) => (slopes[j]! += (slope * factor) / n));
    }
    for (const slope of slopes) expect(slope).toBeCloseTo(0, 7);
  });

  it("says whether it came to the minimum: not within its limit from far below, nor where no step goes on", () => {
    const none = new Float64Array(0);
    const low = { weights: none, intercept: -200 };
    expect(fit.atMinimum).toBe(true);
    expect(fitQlikeRegression(none, 0, Float64Array.of(1, 3), 0, { start: low })).toMatchObject({
      ...{ iterations: MAX_ITERATIONS, atMinimum: false },
    });
    // Of one variance above 0 the forecasts of all other rows fall without an end.
    const single = Float64Array.from({ length: 400 }, (_, i) => (i === 0 ? 1 : 0));
    const stuck = fitQlikeRegression(x.subarray(0, 800), 2, single, 1e-6);
    expect(stuck.atMinimum).toBe(false);
    expect(stuck.iterations).toBeLessThan(MAX_ITERATIONS);
  });

  it("is the mean variance without columns", () => {
    expect(Math.exp(fitQlikeRegression(new Float64Array(0), 0, Float64Array.of(1, 3), 0).intercept)).toBeCloseTo(2, 9);
  });
});
