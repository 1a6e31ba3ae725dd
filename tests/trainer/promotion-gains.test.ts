import { describe, expect, it } from "vitest";
import { centredPath } from "../../bench/bounded-gains.ts";
import { formulaGains } from "../../bench/promotion-gains.ts";

const moments = (gains: Float64Array): { mean: number; deviation: number; skew: number; correlation: number } => {
  const mean = gains.reduce((sum, d) => sum + d, 0) / gains.length;
  const centred = gains.map((d) => d - mean);
  const average = (of: (d: number, i: number) => number): number =>
    centred.reduce((sum, d, i) => sum + of(d, i), 0) / gains.length;
  const variance = average((d) => d * d);
  const deviation = Math.sqrt(variance);
  const correlation = average((d, i) => d * (centred[i + 1] ?? 0)) / variance;
  return { mean, deviation, skew: average((d) => (d / deviation) ** 3), correlation };
};

describe("gains by formula", () => {
  it("have the mean, deviation and correlation that are asked for, and rare large gains", () => {
    const asked = { mean: 0.002, deviation: 0.03, correlation: 0.3 };
    const found = moments(formulaGains(asked, 200_000, "moments"));
    expect(Math.abs(found.mean - asked.mean)).toBeLessThan(4 * 0.03 * Math.sqrt(1.86 / 200_000));
    expect(found.deviation / asked.deviation).toBeGreaterThan(0.9);
    expect(found.deviation / asked.deviation).toBeLessThan(1.1);
    expect(Math.abs(found.correlation - 0.3)).toBeLessThan(0.05);
    expect(found.skew).toBeGreaterThan(0.5);
  });

  it("are the same for a seed and others for another, and stay in [−1, 1]", () => {
    const wild = { mean: 0, deviation: 0.5, correlation: 0 };
    expect(formulaGains(wild, 500, "a")).toEqual(formulaGains(wild, 500, "a"));
    expect(formulaGains(wild, 500, "a")).not.toEqual(formulaGains(wild, 500, "b"));
    expect(formulaGains(wild, 5000, "a").every((d) => d >= -1 && d <= 1)).toBe(true);
  });
});

describe("real gains, drawn again", () => {
  it("keep neighbours together for a stretch and have a mean of 0", () => {
    const path = centredPath(Float64Array.of(0.1, 0.2, 0.3, 0.4), { count: 40_000, stretch: 4, seed: "x" });
    expect(path.reduce((sum, d) => sum + d, 0) / path.length).toBeCloseTo(0, 10);
    const steps = Array.from(path.slice(0, 4), (d) => Math.round((d + 0.25) * 10));
    expect(steps.map((step) => ((step - steps[0]! + 4) % 4) + 1)).toEqual([1, 2, 3, 4]);
  });
});
