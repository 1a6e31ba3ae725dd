// A gateway chooses among the edges of score bins as the trainer does among all thresholds of its rows.
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../../src/features/seeded-random.ts";
import { ScoreBins } from "../../../src/quality/score-bins.ts";
import { chooseCut, type Cut, relativeGain } from "../../../src/threshold/choose-cut.ts";
import type { OperatingGoal } from "../../../src/threshold/operating-goal.ts";
import { chooseThreshold } from "../../../trainer/calibrate/choose-threshold.ts";

const GOALS: readonly OperatingGoal[] = [
  { kind: "f1" },
  { kind: "recall", target: 0.5 },
  { kind: "recall", target: 0.8 },
  { kind: "precision", target: 0.5 },
  { kind: "precision", target: 0.99 },
  { kind: "alert-rate", target: 0.05 },
  { kind: "alert-rate", target: 0.2 },
  { kind: "cost", fp: 1, fn: 5 },
  { kind: "cost", fp: 3, fn: 1 },
];

/** Few distinct probabilities, so that 127 edges can separate all of them. */
function rows(seed: number) {
  const random = new SeededRandom(seed);
  const probability = Float64Array.from({ length: 800 }, () => Math.ceil(random.uniform() * 60) / 64);
  const label = Uint8Array.from(probability, (p) => (random.uniform() < p * p ? 1 : 0));
  return { probability, label };
}

function cutsAtEdges(label: Uint8Array, probability: Float64Array, edges: readonly number[]): Cut[] {
  const bins = new ScoreBins(edges[0]!, edges);
  return [...edges].reverse().map((threshold) => {
    const first = edges.indexOf(threshold) + 1;
    const alerting = [...probability.keys()].filter((k) => bins.bin(probability[k]!) >= first);
    const truePositives = alerting.reduce((sum, k) => sum + label[k]!, 0);
    return { threshold, alerts: alerting.length, truePositives };
  });
}

describe("chooseCut", () => {
  it("finds the trainer's threshold among edges that separate the trainer's rows, for every goal", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { label, probability } = rows(seed);
      const values = [...new Set(probability)].sort((a, b) => a - b);
      // As the trainer's: half-way to the next lower one, the lowest half-way to 0, and "never".
      const edges = [...values.map((p, i) => (p + (values[i - 1] ?? 0)) / 2), 1];
      const totals = { rows: label.length, positives: label.reduce((sum, y) => sum + y, 0) };
      for (const goal of GOALS) {
        const own = chooseThreshold(goal, label, probability);
        const { cut, reached } = chooseCut(goal, cutsAtEdges(label, probability, edges), totals);
        expect([cut.threshold, reached], JSON.stringify([seed, goal])).toEqual([own.threshold, own.reached]);
      }
    }
  });

  it("comes as close as the allowed cuts let it where none reaches the goal", () => {
    const cuts = [
      { threshold: 0.6, alerts: 20, truePositives: 8 },
      { threshold: 0.4, alerts: 50, truePositives: 12 },
    ];
    const totals = { rows: 100, positives: 20 };
    const chosen = (goal: OperatingGoal) => {
      const { cut, reached } = chooseCut(goal, cuts, totals);
      return [cut.threshold, reached];
    };
    expect(chosen({ kind: "recall", target: 0.8 })).toEqual([0.4, false]);
    expect(chosen({ kind: "precision", target: 0.8 })).toEqual([0.6, false]);
    expect(chosen({ kind: "alert-rate", target: 0.05 })).toEqual([0.6, false]);
    expect(chooseCut({ kind: "recall", target: 0.8 }, cuts, { rows: 100, positives: 0 }).cut.threshold).toBe(0.6);
  });
});

describe("relativeGain", () => {
  it("is the share of F1 or cost that a change gains, and any for a goal with a target", () => {
    const [from, to] = [
      { threshold: 0.6, alerts: 20, truePositives: 8 },
      { threshold: 0.4, alerts: 20, truePositives: 10 },
    ];
    const totals = { rows: 100, positives: 20 };
    // F1 from 16/40 to 20/40; cost from 12 + 12 to 10 + 10.
    expect(relativeGain({ kind: "f1" }, from, to, totals)).toBeCloseTo(0.25, 12);
    expect(relativeGain({ kind: "cost", fp: 1, fn: 1 }, from, to, totals)).toBeCloseTo(4 / 24, 12);
    expect(relativeGain({ kind: "recall", target: 0.8 }, from, to, totals)).toBe(Infinity);
  });
});
