import { describe, expect, it } from "vitest";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../trainer/evaluate/metrics/brier-score.ts";
import { brierSkill } from "./brier-skill.ts";
import { countEpisodes, episodeGapMs } from "../../trainer/evaluate/metrics/episodes.ts";
import { logLoss } from "../../trainer/evaluate/metrics/log-loss.ts";
import { rocAuc } from "../../trainer/evaluate/metrics/roc-auc.ts";
import golden from "./golden-metrics.json" with { type: "json" };

describe.each(golden.cases)("scikit-learn's values: $name", (golden) => {
  const labels = Uint8Array.from(golden.labels);
  const { scores } = golden;

  it("average precision", () => expect(averagePrecision(labels, scores)).toBeCloseTo(golden.averagePrecision, 12));
  it("ROC-AUC", () => expect(rocAuc(labels, scores)).toBeCloseTo(golden.rocAuc, 12));
  it("Brier score", () => expect(brierScore(labels, scores)).toBeCloseTo(golden.brier, 12));
  it("log loss", () => expect(logLoss(labels, scores)).toBeCloseTo(golden.logLoss, 12));

  it("does not depend on the order of the rows, ties included", () => {
    const backwards = [...scores].reverse();
    const labelsBackwards = labels.slice().reverse();
    expect(averagePrecision(labelsBackwards, backwards)).toBeCloseTo(golden.averagePrecision, 12);
    expect(rocAuc(labelsBackwards, backwards)).toBeCloseTo(golden.rocAuc, 12);
  });
});

describe("without what a metric needs", () => {
  it("is NaN, not 0", () => {
    const calm = new Uint8Array(3);
    expect(averagePrecision(calm, [1, 2, 3])).toBeNaN();
    expect(rocAuc(calm, [1, 2, 3])).toBeNaN();
    expect(brierSkill(calm, [0, 0, 0])).toBeNaN();
    expect(brierScore(new Uint8Array(0), [])).toBeNaN();
  });

  it("refuses to rank a NaN", () => {
    expect(() => averagePrecision(Uint8Array.of(0, 1), [0.5, NaN])).toThrow(/scores\[1\]: got NaN/);
  });
});

describe("Brier skill", () => {
  it("is 0 for the base rate of the same rows, 1 for certainty, negative for worse", () => {
    const labels = Uint8Array.of(1, 0, 0, 0);
    expect(brierSkill(labels, [0.25, 0.25, 0.25, 0.25])).toBeCloseTo(0, 12);
    expect(brierSkill(labels, [1, 0, 0, 0])).toBe(1);
    expect(brierSkill(labels, [0, 1, 0, 0])).toBeLessThan(0);
  });
});

describe("episodes", () => {
  const count = (seconds: number[], label: number[]): number => {
    const rows = { tsMs: seconds.map((s) => s * 1000), label };
    return countEpisodes(rows, Int32Array.from(seconds.keys()), 60_000);
  };

  it("joins positive rows less than a horizon apart, whatever lies between", () => {
    expect(count([0, 1, 59, 130], [1, 1, 1, 1])).toBe(2);
    expect(count([0, 30, 59], [1, 0, 1])).toBe(1);
  });

  it("separates rows exactly a horizon apart", () => {
    expect(count([0, 59, 119], [1, 1, 1])).toBe(2);
    expect(count([0, 60], [1, 1])).toBe(2);
  });

  it("counts one event that several symbols have at the same time once, and nothing when nothing is positive", () => {
    expect(count([0, 0, 0, 1, 1], [1, 1, 1, 1, 1])).toBe(1);
    expect(count([0, 1], [0, 0])).toBe(0);
  });

  it("ends after the horizon, but never before 60 steps: a bar's spike and the next bar's are one event", () => {
    expect(episodeGapMs(60, 1000)).toBe(60_000);
    expect(episodeGapMs(300, 1000)).toBe(300_000);
    expect(episodeGapMs(1, 60_000)).toBe(3_600_000);
    const minutes = Array.from({ length: 30 }, (_, i) => 60 * i);
    const rows = { tsMs: minutes.map((s) => s * 1000), label: minutes.map(() => 1) };
    expect(countEpisodes(rows, Int32Array.from(minutes.keys()), episodeGapMs(1, 60_000))).toBe(1);
  });

  it("looks at the positions given only", () => {
    const rows = { tsMs: [0, 100_000, 200_000], label: [1, 1, 1] };
    expect(countEpisodes(rows, Int32Array.of(0, 2), 60_000)).toBe(2);
  });
});
