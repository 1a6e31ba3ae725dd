import { describe, expect, it } from "vitest";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../trainer/evaluate/metrics/brier-score.ts";
import { brierSkill } from "./brier-skill.ts";
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
