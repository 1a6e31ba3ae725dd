import { describe, expect, it } from "vitest";
import { averagePrecision } from "../../../trainer/evaluate/metrics/average-precision.ts";
import { brierScore } from "../../../trainer/evaluate/metrics/brier-score.ts";
import { confusionAt } from "../../../trainer/evaluate/metrics/confusion.ts";
import { descendingOrder } from "../../../trainer/evaluate/metrics/descending-order.ts";
import { logLoss } from "../../../trainer/evaluate/metrics/log-loss.ts";
import { precisionRecallCurve } from "../../../trainer/evaluate/metrics/precision-recall-curve.ts";
import { qlike } from "../../../trainer/evaluate/metrics/qlike.ts";
import { reliabilityBin } from "../../../src/quality/reliability-bin.ts";
import { expectedCalibrationError, reliabilityTable } from "../../../trainer/evaluate/metrics/reliability.ts";
import { rocAuc } from "../../../trainer/evaluate/metrics/roc-auc.ts";
import { studentQuantile } from "../../../src/quality/student-quantile.ts";
import { seededUniform } from "../volatile-ticks.ts";
import calibrationGolden from "./golden-calibration.json" with { type: "json" };
import golden from "./golden-metrics.json" with { type: "json" };

/** Equal to 1e-12, relative to the expected value. */
function expectClose(got: number, expected: number): void {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
}

describe.each(golden.cases)("scikit-learn's values: $name", (known) => {
  const labels = Uint8Array.from(known.labels);
  const { scores, threshold } = known;

  it("average precision, ROC-AUC, Brier score, log loss", () => {
    expectClose(averagePrecision(labels, scores), known.averagePrecision);
    expectClose(rocAuc(labels, scores), known.rocAuc);
    expectClose(brierScore(labels, scores), known.brier);
    expectClose(logLoss(labels, scores), known.logLoss);
  });

  it("precision, recall, F1 and the four counts at a threshold", () => {
    const { precision, recall, f1, alertRate, ...counts } = confusionAt(labels, scores, threshold);
    expectClose(precision!, known.precision);
    expectClose(recall!, known.recall);
    expectClose(f1!, known.f1);
    const { trueNegatives, falsePositives, falseNegatives, truePositives } = counts;
    expect([trueNegatives, falsePositives, falseNegatives, truePositives]).toEqual(known.confusion);
    expect(alertRate).toBe((truePositives + falsePositives) / labels.length);
  });

  it("a threshold per row is the same as one for all where they are equal", () => {
    const each = new Float64Array(labels.length).fill(threshold);
    expect(confusionAt(labels, scores, each)).toEqual(confusionAt(labels, scores, threshold));
  });

  it("calibration curve and the calibration error made of it", () => {
    const table = reliabilityTable(labels, scores);
    expect(table.map(({ count }) => count)).toEqual(known.binCounts);
    const filled = table.filter(({ count }) => count > 0);
    filled.forEach(({ meanProbability, positiveShare }, i) => {
      expectClose(meanProbability!, known.binMeans[i]!);
      expectClose(positiveShare!, known.binShares[i]!);
    });
    expect(Math.abs(expectedCalibrationError(labels, scores) - known.ece)).toBeLessThan(1e-13);
  });

  it("precision–recall curve", () => {
    const points = precisionRecallCurve(labels, scores, Infinity);
    const { thresholds, precision, recall } = known.curve;
    expect(points.length).toBe(thresholds.length);
    points.forEach((point, i) => {
      const there = thresholds.length - 1 - i;
      expect(point.threshold).toBe(thresholds[there]);
      expectClose(point.precision, precision[there]!);
      expectClose(point.recall, recall[there]!);
    });
  });
});

describe("one outcome only", () => {
  const scores = [0.1, 0.4, 0.35, 0.8];
  const [calm, spikes] = golden.singleClass.map(({ label }) => new Uint8Array(4).fill(label)) as [
    Uint8Array,
    Uint8Array,
  ];
  const [sklearnCalm, sklearnSpikes] = golden.singleClass;

  it("has no PR-AUC, ROC-AUC or recall without a spike, where scikit-learn warns and answers 0, nan and 0", () => {
    expect(sklearnCalm!.averagePrecision).toEqual({ value: "0.0", warnings: ["UserWarning"] });
    expect(sklearnCalm!.rocAuc.value).toBe("nan");
    expect(sklearnCalm!.recall.value).toBe("0.0");
    expect(averagePrecision(calm, scores)).toBeNaN();
    expect(rocAuc(calm, scores)).toBeNaN();
    expect(confusionAt(calm, scores, 0.3).recall).toBeNull();
    expect(precisionRecallCurve(calm, scores)).toEqual([]);
  });

  it("has no precision without an alert, and an F1 only where there is a spike or an alert", () => {
    expect(sklearnSpikes!.precisionWithoutAlerts.value).toBe("0.0");
    expect(confusionAt(spikes, scores, 0.9)).toMatchObject({ precision: null, recall: 0, f1: 0, alertRate: 0 });
    expect(confusionAt(calm, scores, 0.9)).toMatchObject({ precision: null, recall: null, f1: null });
    expect(confusionAt(new Uint8Array(0), [], 0.5).alertRate).toBeNull();
  });

  it("still has a Brier score and a log loss; scikit-learn refuses the latter", () => {
    expectClose(brierScore(calm, scores), Number(sklearnCalm!.brier.value));
    expectClose(brierScore(spikes, scores), Number(sklearnSpikes!.brier.value));
    expect(sklearnCalm!.logLoss.value).toBe("ValueError");
    expectClose(logLoss(spikes, [0.5, 0.5, 0.5, 0.5]), Math.LN2);
  });
});

describe("order from high to low", () => {
  const uniform = seededUniform(3);
  const scores = Float32Array.from(
    { length: 3000 },
    () => Math.round(uniform() * 200 - 100) / (uniform() < 0.5 ? 8 : 3e9),
  );

  it("is that of a stable sort by comparison, with ties, negative, infinite and tiny scores and both zeros", () => {
    scores.set([Infinity, -Infinity, 0, -0, 0, 1e-45, -1e-45]);
    const expected = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
    const atInfinity = [...descendingOrder(scores)];
    expect(atInfinity).toEqual(expected);
    expect([...descendingOrder(Float64Array.from(scores))]).toEqual(expected);
  });

  it("refuses a NaN in float32 as in float64", () => {
    expect(() => descendingOrder(Float32Array.of(1, NaN))).toThrow(/scores\[1\]: got NaN/);
    expect(() => descendingOrder([NaN])).toThrow(RangeError);
  });
});

describe("reliability", () => {
  it("puts an edge into the lower bin and 0 into the first", () => {
    expect([0, 0.1, 0.11, 0.30000000000000004, 0.5, 0.95, 1].map(reliabilityBin)).toEqual([0, 0, 1, 2, 4, 9, 9]);
  });

  it("measures 0.3 in the worked example, 0 for the base rate and NaN without rows", () => {
    expect(expectedCalibrationError(Uint8Array.of(0, 1), [0.2, 0.6])).toBeCloseTo(0.3, 12);
    expect(expectedCalibrationError(Uint8Array.of(0, 1, 0, 0), [0.25, 0.25, 0.25, 0.25])).toBe(0);
    expect(expectedCalibrationError(new Uint8Array(0), [])).toBeNaN();
  });

  it("refuses what is no probability, NaN too", () => {
    expect(() => reliabilityTable(Uint8Array.of(0), [1.1])).toThrow(/probabilities\[0\]: got 1.1/);
    expect(() => reliabilityTable(Uint8Array.of(0), [NaN])).toThrow(RangeError);
  });
});

describe("precision–recall curve for a plot", () => {
  const uniform = seededUniform(5);
  const labels = Uint8Array.from({ length: 5000 }, () => (uniform() < 0.1 ? 1 : 0));
  const scores = Float64Array.from(labels, (y) => uniform() + 0.3 * y);

  it("keeps 500 of the points with exact ends, and recall that ascends", () => {
    const all = precisionRecallCurve(labels, scores, Infinity);
    const thinned = precisionRecallCurve(labels, scores);
    expect(all.length).toBe(5000);
    expect(thinned.length).toBe(500);
    expect([thinned[0], thinned.at(-1)]).toEqual([all[0], all.at(-1)]);
    expect(thinned.at(-1)!.recall).toBe(1);
    expect(thinned.every((point, i) => i === 0 || point.recall >= thinned[i - 1]!.recall)).toBe(true);
    expect(thinned.every((point) => all.includes(point) || all.some((p) => p.threshold === point.threshold))).toBe(
      true,
    );
  });

  it("refuses fewer than two points", () => {
    expect(() => precisionRecallCurve(labels, scores, 1)).toThrow(/maxPoints: got 1/);
  });
});

describe("QLIKE", () => {
  it("is the worked example, and 0 for a perfect forecast", () => {
    expectClose(qlike([1, 4], [1, 2]), (1 - Math.LN2) / 2);
    expect(qlike([1, 2, 3], [1, 2, 3])).toBe(0);
  });

  it("punishes a forecast that is too low more than one as much too high", () => {
    expect(qlike([2], [1])).toBeGreaterThan(qlike([1], [2]));
  });

  it("does not depend on the unit, leaves out what has no ratio and is NaN without a pair", () => {
    expectClose(qlike([1e-8, 4e-8], [1e-8, 2e-8]), qlike([1, 4], [1, 2]));
    expect(qlike([1, 0, NaN, 1], [2, 1, 1, 0])).toBe(qlike([1], [2]));
    expect(qlike([], [])).toBeNaN();
  });
});

describe("Student's quantile", () => {
  it.each(calibrationGolden.student)(
    "is scipy's for $degrees degrees at $probability",
    ({ degrees, probability, t }) => {
      expect(Math.abs(studentQuantile(probability, degrees) - t)).toBeLessThan(1e-11 * Math.abs(t));
    },
  );

  it("refuses probabilities of 0 and 1 and degrees below 1", () => {
    expect(studentQuantile(0.5, 7)).toBe(0);
    expect(() => studentQuantile(1, 3)).toThrow(/probability: got 1/);
    expect(() => studentQuantile(0.9, 0)).toThrow(/degrees: got 0/);
  });
});
