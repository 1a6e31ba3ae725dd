import { describe, expect, it } from "vitest";
import { fitPlatt, smoothedTargets } from "../../trainer/calibrate/platt.ts";
import { fitPlattWithPrior } from "../../trainer/calibrate/fit-platt-with-prior.ts";

/** Scores from −2 to 2 and labels that follow them with noise; `flip` turns the labels round. */
function rows(count: number, flip = false) {
  const scores = Float64Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 25 - 2);
  const labels = Uint8Array.from(scores, (s, i) => (s > ((i * 7) % 11) / 3 - 1.7 !== flip ? 1 : 0));
  return { scores, labels };
}
const onTrain = rows(400);
const none = { scores: new Float64Array(0), labels: new Uint8Array(0) };
const prior = fitPlatt(onTrain.scores, onTrain.labels);

describe("Platt with a prior", () => {
  it("is Platt of the training rows without held-out rows", () => {
    const fit = fitPlattWithPrior(onTrain, none, 1);
    expect(fit.slope).toBeCloseTo(prior.slope, 12);
    expect(fit.intercept).toBeCloseTo(prior.intercept, 12);
  });

  it("goes to the held-out rows' own calibration as they come to weigh more", () => {
    const heldOut = { scores: rows(900).scores.map((s) => 0.5 * s + 0.3), labels: rows(900).labels };
    const own = fitPlatt(heldOut.scores, heldOut.labels);
    const distances = [1e-9, 0.01, 1, 1e6].map((rowWeight) => {
      const { slope, intercept } = fitPlattWithPrior(onTrain, heldOut, rowWeight);
      return Math.abs(slope - own.slope) + Math.abs(intercept - own.intercept);
    });
    expect(distances).toEqual([...distances].sort((a, b) => b - a));
    expect(distances[3]).toBeLessThan(1e-4);
  });

  it("minimises the penalised loss, level and slope apart", () => {
    const heldOut = rows(300, true);
    const rowWeight = 1 / 60;
    const mean = onTrain.scores.reduce((a, b) => a + b, 0) / onTrain.scores.length;
    const targets = smoothedTargets(heldOut.labels);
    const loss = (slope: number, level: number): number => {
      let sum = 0;
      heldOut.scores.forEach((s, i) => {
        const p = 1 / (1 + Math.exp(-(slope * (s - mean) + level)));
        sum -= targets[i]! * Math.log(p) + (1 - targets[i]!) * Math.log(1 - p);
      });
      const [a, b] = [(slope - prior.slope) / (prior.slope / 2), level - (prior.slope * mean + prior.intercept)];
      return rowWeight * sum + 0.5 * (a * a + b * b);
    };
    const { slope, intercept } = fitPlattWithPrior(onTrain, heldOut, rowWeight);
    const level = slope * mean + intercept;
    for (const d of [-1e-3, 1e-3]) {
      expect(loss(slope, level)).toBeLessThan(loss(slope + d, level));
      expect(loss(slope, level)).toBeLessThan(loss(slope, level + d));
    }
  });

  it("does not depend on where the scores' zero lies", () => {
    const moved = ({ scores, labels }: ReturnType<typeof rows>) => ({ scores: scores.map((s) => s + 50), labels });
    const heldOut = rows(300, true);
    const here = fitPlattWithPrior(onTrain, heldOut, 1 / 60);
    const there = fitPlattWithPrior(moved(onTrain), moved(heldOut), 1 / 60);
    expect(there.slope).toBeCloseTo(here.slope, 6);
    expect(there.intercept + 50 * there.slope).toBeCloseTo(here.intercept, 4);
  });

  it("keeps a slope where the held-out rows are one event, that alone would flatten it to nothing", () => {
    const upsideDown = rows(300, true);
    expect(fitPlatt(upsideDown.scores, upsideDown.labels).slope).toBe(0.01);
    const { slope } = fitPlattWithPrior(onTrain, upsideDown, 1 / 300);
    expect(slope).toBeGreaterThan(prior.slope / 4);
    expect(slope).toBeLessThan(prior.slope);
  });

  it("holds the slope at its least and fits the level alone where many rows turn the ranking round", () => {
    const upsideDown = rows(3000, true);
    const { slope, intercept } = fitPlattWithPrior(onTrain, upsideDown, 1);
    expect(slope).toBe(0.01);
    const mean = upsideDown.scores.reduce((sum, s) => sum + 1 / (1 + Math.exp(-(slope * s + intercept))), 0) / 3000;
    expect(mean).toBeCloseTo(upsideDown.labels.reduce((a, b) => a + b, 0) / 3000, 2);
  });
});
