import { describe, expect, it } from "vitest";
import { ln } from "../../src/features/exact-math.ts";
import { fitLine } from "../../src/recalibration/fit-line.ts";
import { IDENTITY, type Line, probabilityOf } from "../../src/recalibration/line.ts";
import { LOGIT_BINS, LogitSums } from "../../src/recalibration/logit-sums.ts";
import { labelledScores } from "./market.ts";

const DEVIATIONS = { slope: 0.5, level: 1 };

function sumsOf(truth: Line, count: number, seed = 1): LogitSums {
  const sums = new LogitSums();
  const scores = labelledScores(truth, seed);
  for (let k = 0; k < count; k++) {
    const { z, label } = scores.next().value;
    sums.add(z, label);
  }
  return sums;
}

/** The same posterior, written down plainly. */
function posterior(sums: LogitSums, line: Line, prior: Line): number {
  const centre = sums.meanLogit;
  let value = 0;
  for (let i = 0; i < LOGIT_BINS; i++) {
    const weight = sums.weight[i]!;
    if (weight === 0) continue;
    const q = probabilityOf((line.slope * sums.logits[i]!) / weight + line.level);
    value += sums.spikes[i]! * ln(q) + (weight - sums.spikes[i]!) * ln(1 - q);
  }
  const a = (line.slope - prior.slope) / DEVIATIONS.slope;
  const b = (line.level + line.slope * centre - (prior.level + prior.slope * centre)) / DEVIATIONS.level;
  return value - (a * a + b * b) / 2;
}

describe("the fit of a line", () => {
  it("finds the line that made the labels", () => {
    const { slope, level } = fitLine(sumsOf({ slope: 0.7, level: 0.4 }, 200_000), IDENTITY, DEVIATIONS, IDENTITY);
    expect(slope).toBeCloseTo(0.7, 1);
    expect(level).toBeCloseTo(0.4, 1);
  });

  it("is at the top of the posterior: no line beside it is better", () => {
    const sums = sumsOf({ slope: 1.3, level: -0.5 }, 500);
    const best = fitLine(sums, IDENTITY, DEVIATIONS, IDENTITY);
    const value = posterior(sums, best, IDENTITY);
    for (const [a, b] of [
      [0.01, 0],
      [-0.01, 0],
      [0, 0.01],
      [0, -0.01],
    ] as const) {
      const beside = { slope: best.slope + a, level: best.level + b };
      expect(posterior(sums, beside, IDENTITY)).toBeLessThan(value);
    }
  });

  it("ends at the same line wherever the search begins", () => {
    const sums = sumsOf({ slope: 0.9, level: 0.2 }, 1000);
    const near = fitLine(sums, IDENTITY, DEVIATIONS, IDENTITY);
    const far = fitLine(sums, IDENTITY, DEVIATIONS, { slope: 4, level: -6 });
    expect(far.slope).toBeCloseTo(near.slope, 3);
    expect(far.level).toBeCloseTo(near.level, 3);
  });

  it("keeps a slope of 0.01 where the labels go against the scores", () => {
    const { slope } = fitLine(sumsOf({ slope: -2, level: -4 }, 20_000), IDENTITY, DEVIATIONS, IDENTITY);
    expect(slope).toBe(0.01);
  });

  it("stays at the prior without labels, and near it with three of them", () => {
    const prior = { slope: 0.8, level: -0.1 };
    expect(fitLine(new LogitSums(), prior, DEVIATIONS, IDENTITY)).toBe(prior);
    const { slope } = fitLine(sumsOf({ slope: 1, level: 0 }, 3), prior, DEVIATIONS, prior);
    expect(Math.abs(slope - 0.8)).toBeLessThan(0.2);
  });
});
