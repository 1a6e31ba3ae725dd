import { describe, expect, it } from "vitest";
import { confusionAt } from "../../../trainer/evaluate/metrics/confusion.ts";
import type { OperatingGoal } from "../../../src/threshold/operating-goal.ts";
import { chooseThreshold } from "../../../trainer/calibrate/choose-threshold.ts";
import { seededUniform } from "../volatile-ticks.ts";

const labels = Uint8Array.of(1, 0, 1, 0);
const probabilities = Float64Array.of(0.9, 0.7, 0.5, 0.1);

describe("a threshold for a goal", () => {
  it("gives the worked examples", () => {
    expect(chooseThreshold({ kind: "recall", target: 1 }, labels, probabilities)).toMatchObject({
      threshold: 0.3,
      precision: 2 / 3,
      recall: 1,
      alertRate: 0.75,
      expectedCost: null,
      reached: true,
    });
    const precise = chooseThreshold({ kind: "precision", target: 1 }, labels, probabilities);
    expect(precise).toMatchObject({ threshold: 0.8, precision: 1, recall: 0.5, reached: true });
  });

  it("says in words what was asked and what came of it", () => {
    expect(chooseThreshold({ kind: "recall", target: 0.8 }, labels, probabilities).text).toBe(
      "recall at least 0.8: precision 0.667, recall 1.000, alert rate 0.750",
    );
    expect(chooseThreshold({ kind: "cost", fp: 1, fn: 8 }, labels, probabilities).text).toBe(
      "least cost at 1 per false alert and 8 per missed spike: precision 0.667, recall 1.000, alert rate 0.750, cost 250.00 per 1,000 predictions",
    );
    expect(chooseThreshold({ kind: "alert-rate", target: 0.1 }, labels, probabilities).text).toBe(
      "alert rate at most 0.1: precision none, recall 0.000, alert rate 0.000",
    );
  });

  it("takes the highest recall threshold, the lowest precision threshold and the widest allowed alert rate", () => {
    expect(chooseThreshold({ kind: "recall", target: 0.5 }, labels, probabilities).threshold).toBe(0.8);
    expect(chooseThreshold({ kind: "precision", target: 0.6 }, labels, probabilities).threshold).toBe(0.3);
    expect(chooseThreshold({ kind: "alert-rate", target: 0.5 }, labels, probabilities)).toMatchObject({
      threshold: 0.6,
      alertRate: 0.5,
    });
  });

  it("gives the best precision there is when the target is out of reach", () => {
    const point = chooseThreshold({ kind: "precision", target: 0.9 }, Uint8Array.of(0, 1, 1, 0), probabilities);
    expect(point).toMatchObject({ threshold: 0.3, precision: 2 / 3, reached: false });
    expect(point.text).toContain("precision at least 0.9, not reached: precision 0.667");
  });

  it("weighs the two costs, and of equal ones alerts less", () => {
    expect(chooseThreshold({ kind: "cost", fp: 10, fn: 1 }, labels, probabilities).threshold).toBe(0.8);
    expect(chooseThreshold({ kind: "cost", fp: 1, fn: 10 }, labels, probabilities).threshold).toBe(0.3);
    expect(chooseThreshold({ kind: "cost", fp: 1, fn: 1 }, labels, probabilities)).toMatchObject({
      threshold: 0.8,
      expectedCost: 250,
    });
    const never = chooseThreshold({ kind: "cost", fp: 1, fn: 0 }, labels, probabilities);
    expect(never).toMatchObject({ threshold: 1, alertRate: 0, expectedCost: 0 });
  });

  it("keeps equal probabilities together", () => {
    const tied = Float64Array.of(0.6, 0.6, 0.6, 0.2);
    expect(chooseThreshold({ kind: "alert-rate", target: 0.5 }, labels, tied)).toMatchObject({
      threshold: 1,
      alertRate: 0,
    });
    expect(chooseThreshold({ kind: "recall", target: 0.5 }, labels, tied)).toMatchObject({
      threshold: 0.4,
      alertRate: 0.75,
    });
  });

  it("has nothing to reach without a spike", () => {
    const calm = new Uint8Array(4);
    for (const goal of [{ kind: "f1" }, { kind: "recall", target: 0.1 }, { kind: "precision", target: 0.1 }] as const) {
      expect(chooseThreshold(goal, calm, probabilities).reached).toBe(false);
    }
    expect(chooseThreshold({ kind: "recall", target: 0.1 }, calm, probabilities)).toMatchObject({
      threshold: 1,
      precision: null,
      recall: null,
    });
  });

  it("cannot avoid an alert at a probability of 1, and says so", () => {
    const point = chooseThreshold({ kind: "alert-rate", target: 0.1 }, labels, Float64Array.of(1, 0, 0, 0));
    expect(point).toMatchObject({ threshold: 0.5, alertRate: 0.25, reached: false });
  });

  it("separates neighbouring floats", () => {
    const low = 0.5;
    const high = 0.5 + 2 ** -53;
    const { threshold } = chooseThreshold({ kind: "f1" }, Uint8Array.of(1, 0), Float64Array.of(high, low));
    expect(threshold).toBe(high);
  });

  it("refuses targets and costs out of range", () => {
    const refuse = (goal: OperatingGoal): void =>
      expect(() => chooseThreshold(goal, labels, probabilities)).toThrow(RangeError);
    refuse({ kind: "recall", target: 0 });
    refuse({ kind: "precision", target: 1.1 });
    refuse({ kind: "alert-rate", target: NaN });
    refuse({ kind: "cost", fp: -1, fn: 1 });
    refuse({ kind: "cost", fp: 0, fn: 0 });
    expect(() => chooseThreshold({ kind: "f1" }, new Uint8Array(0), [])).toThrow(/labels: got none/);
  });
});

describe("against every threshold tried one by one", () => {
  const uniform = seededUniform(17);
  const y = Uint8Array.from({ length: 200 }, () => (uniform() < 0.2 ? 1 : 0));
  const p = Float32Array.from(y, (label) => Math.round((0.6 * uniform() + 0.2 * label) * 40) / 40);
  const distinct = [...new Set(p)].sort((a, b) => a - b);
  const tried = [1, ...distinct].map((threshold) => confusionAt(y, p, threshold));
  const all = (goal: OperatingGoal): ReturnType<typeof chooseThreshold> => {
    const point = chooseThreshold(goal, y, p);
    const { precision, recall, f1, alertRate } = confusionAt(y, p, point.threshold);
    expect({ precision, recall, f1, alertRate }).toEqual({
      precision: point.precision,
      recall: point.recall,
      f1: point.f1,
      alertRate: point.alertRate,
    });
    return point;
  };

  it("finds the best F1, the fewest alerts for a recall, the most for a rate, the least cost", () => {
    expect(all({ kind: "f1" }).f1).toBe(Math.max(...tried.map((c) => c.f1 ?? 0)));
    const recalling = tried.filter((c) => c.recall! >= 0.8).map((c) => c.alertRate!);
    expect(all({ kind: "recall", target: 0.8 }).alertRate).toBe(Math.min(...recalling));
    const allowed = tried.filter((c) => c.alertRate! <= 0.05).map((c) => c.alertRate!);
    expect(all({ kind: "alert-rate", target: 0.05 }).alertRate).toBe(Math.max(...allowed));
    const precise = tried.filter((c) => c.precision !== null && c.precision >= 0.3).map((c) => c.recall!);
    expect(all({ kind: "precision", target: 0.3 }).recall).toBe(Math.max(...precise));
    const costs = tried.map((c) => (1000 * (c.falsePositives + 8 * c.falseNegatives)) / 200);
    expect(all({ kind: "cost", fp: 1, fn: 8 }).expectedCost).toBeCloseTo(Math.min(...costs), 9);
  });
});
