// EWMA and HAR against a slow computation from all values.
import { describe, expect, it } from "vitest";
import { LiveBaselines } from "../../src/volatility/live-baselines.ts";
import { NormalEquations } from "../../src/volatility/normal-equations.ts";
import { madeSteps } from "./sigma-steps.ts";

const HORIZON = 4;
const HALF_LIVES = [0.25, 1, 4, 15];

function variancesOf(count: number): number[] {
  const { steps } = madeSteps(count, { horizonSteps: 0, seed: 3 });
  // With memory, so that there is something to forecast.
  let level = 0;
  return Array.from({ length: count }, (_, k) => {
    level = 0.9 * level + 0.4 * Math.log(steps.horizonVolatility[k]! / 0.001);
    return 1e-6 * Math.exp(level);
  });
}

describe("LiveBaselines", () => {
  it("forecasts by the best average and its scale, computed from all values", () => {
    const variances = variancesOf(900);
    const baselines = new LiveBaselines(HORIZON);
    const averages: number[][] = [];
    variances.forEach((variance, k) => {
      const before = averages.at(-1) ?? HALF_LIVES.map(() => variance);
      averages.push(HALF_LIVES.map((h, j) => variance + (before[j]! - variance) * 0.5 ** (1 / (h * HORIZON))));
      baselines.update(k, variance);
    });
    // The forecast of the step before the last horizon, with the labels up to it.
    const at = variances.length - HORIZON;
    const labels = Array.from({ length: at + 1 - HORIZON }, (_, o) => o);
    const weightOf = (o: number): number => 0.5 ** ((at - HORIZON - o) / (500 * HORIZON));
    const total = labels.reduce((sum, o) => sum + weightOf(o), 0);
    const tried = HALF_LIVES.map((_, j) => {
      const mean = (of: (o: number) => number): number => labels.reduce((s, o) => s + weightOf(o) * of(o), 0) / total;
      const scale = mean((o) => variances[o + HORIZON]! / averages[o]![j]!);
      return { forecast: averages[at]![j]! * scale, loss: mean((o) => Math.log(averages[o]![j]!)) + Math.log(scale) };
    });
    const best = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
    expect(baselines.ewmaOf(variances.length)).toBeCloseTo(best.forecast, 10);
    expect(baselines.ewmaOf(variances.length) / best.forecast).toBeCloseTo(1, 5);
  });

  it("has no forecast before two hundred labels, and none that a void horizon or a break left", () => {
    const baselines = new LiveBaselines(HORIZON);
    const variances = variancesOf(400);
    for (let k = 0; k < 200 + HORIZON - 1; k++) baselines.update(k, variances[k]!);
    expect(baselines.ewmaOf(200 + HORIZON - 1)).toBeNaN();
    for (let k = 203; k < 300; k++) {
      if (k > 250) expect(Number.isNaN(baselines.harOf(k))).toBe(k === 290 + HORIZON);
      baselines.update(k, k === 290 ? NaN : variances[k]!);
    }
    baselines.reset();
    for (const k of [300, 301, 302, 303]) expect(baselines.ewmaOf(k)).toBeNaN();
  });

  it("forecasts better by HAR than by the mean, where the volatility has memory", () => {
    const variances = variancesOf(6000);
    const baselines = new LiveBaselines(HORIZON);
    const mean = variances.reduce((sum, x) => sum + x, 0) / variances.length;
    const losses = [0, 0];
    variances.forEach((variance, k) => {
      const har = baselines.harOf(k);
      const qlike = (f: number): number => variance / f - Math.log(variance / f) - 1;
      if (har > 0) [har, mean].forEach((f, i) => (losses[i]! += qlike(f)));
      baselines.update(k, variance);
    });
    expect(losses[0]).toBeLessThan(0.9 * losses[1]!);
  });

  it("goes on from its arrays with the same bits, and refuses those of another horizon", () => {
    const variances = variancesOf(700);
    const [one, other] = [new LiveBaselines(HORIZON), new LiveBaselines(HORIZON)];
    variances.slice(0, 500).forEach((variance, k) => one.update(k, variance));
    other.load(one.arrays.map((array) => array.slice()));
    for (const each of [one, other]) variances.slice(500).forEach((variance, i) => each.update(500 + i, variance));
    expect(other.arrays).toEqual(one.arrays);
    expect(() => new LiveBaselines(5).load(one.arrays)).toThrow("expected");
  });
});

describe("NormalEquations", () => {
  it("finds the line that its rows lie on, and a later one once the earlier is forgotten", () => {
    const equations = new NormalEquations(2, 0.9);
    const out = new Float64Array(2);
    for (let x = 0; x < 50; x++) equations.add(Float64Array.of(1, x % 5), 3 + 2 * (x % 5));
    equations.solve(out);
    expect(out[0]).toBeCloseTo(3, 2);
    expect(out[1]).toBeCloseTo(2, 2);
    for (let x = 0; x < 300; x++) equations.add(Float64Array.of(1, x % 5), 1 - (x % 5));
    equations.solve(out);
    expect(out[1]).toBeCloseTo(-1, 2);
  });

  it("gives a finite solution where all rows are the same", () => {
    const equations = new NormalEquations(3, 1);
    for (let i = 0; i < 10; i++) equations.add(Float64Array.of(1, -20, -20), -20);
    const out = new Float64Array(3);
    equations.solve(out);
    expect(out.every(Number.isFinite)).toBe(true);
    expect(out[0]! - 20 * (out[1]! + out[2]!)).toBeCloseTo(-20, 1);
  });
});
