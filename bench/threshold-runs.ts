// A model's scores and labels under one goal: a fixed threshold, one that follows, and the best of each period.
import { chooseCut, costOf, type Cut, type CutTotals } from "../src/threshold/choose-cut.ts";
import type { OperatingGoal } from "../src/threshold/operating-goal.ts";
import { type Following, ThresholdFollower } from "../src/threshold/threshold-follower.ts";
import { ScoreBins } from "../src/quality/score-bins.ts";
import { chooseThresholds } from "../trainer/calibrate/choose-threshold.ts";
import { scoreEdges } from "../trainer/calibrate/score-edges.ts";

export const GOALS: readonly OperatingGoal[] = [
  { kind: "recall", target: 0.8 },
  { kind: "precision", target: 0.5 },
  { kind: "alert-rate", target: 0.05 },
  { kind: "f1" },
  { kind: "cost", fp: 1, fn: 5 },
];

/** Rows in order of time. */
export interface ScoredRows {
  readonly step: Float64Array;
  readonly label: Float64Array;
  readonly probability: Float64Array;
  readonly horizonSteps: number;
}

/** What was reached in a period, in the unit of the goal, and the share of rows that alerted. */
interface Reached {
  readonly value: number;
  readonly alertRate: number;
}

export interface Period {
  readonly name: string;
  readonly rows: number;
  readonly fixed: Reached;
  readonly followed: Reached;
  readonly oracle: Reached;
  readonly threshold: number;
}

export interface ThresholdRun {
  readonly goal: OperatingGoal;
  readonly threshold: number;
  readonly periods: readonly Period[];
  readonly whole: Period;
  readonly changes: number;
}

/** The thresholds of some goals, and the edges that they are among, by the first rows: as training has them. */
export function manifestOf(rows: ScoredRows, count: number) {
  const label = Uint8Array.from(rows.label.subarray(0, count));
  const probability = rows.probability.subarray(0, count);
  const points = chooseThresholds(GOALS, label, probability).map(({ threshold }) => threshold);
  return { thresholds: points, edges: scoreEdges(probability, points) };
}

/** @param periodOf name of the period of a row; "" for rows that are not counted. */
export function thresholdRun(
  rows: ScoredRows,
  {
    goal,
    threshold,
    edges,
  }: { readonly goal: OperatingGoal; readonly threshold: number; readonly edges: readonly number[] },
  following: Following,
  periodOf: (k: number) => string,
): ThresholdRun {
  const { step, label, probability, horizonSteps } = rows;
  const follower = new ThresholdFollower({ edges, threshold, goal, horizonSteps }, following);
  const bins = new ScoreBins(threshold, edges);
  const periods = new Map<string, Counted>();
  const whole = new Counted(edges.length + 1);
  let changes = 0;
  let settled = 0;
  for (let k = 0; k < step.length; k++) {
    while (step[settled]! + horizonSteps <= step[k]!) {
      follower.learn(step[settled]!, bins.bin(probability[settled]!), label[settled] === 1 ? 1 : 0);
      settled += 1;
    }
    if (follower.advance(step[k]!) !== undefined) changes += 1;
    const name = periodOf(k);
    if (name === "") continue;
    let period = periods.get(name);
    if (period === undefined) periods.set(name, (period = new Counted(edges.length + 1)));
    for (const counted of [period, whole]) {
      counted.add(bins.bin(probability[k]!), label[k]!, {
        fixed: probability[k]! >= threshold,
        followed: probability[k]! >= follower.threshold,
      });
      counted.threshold = follower.threshold;
    }
  }
  return {
    ...{ goal, threshold, changes },
    periods: [...periods].map(([name, counted]) => counted.period(name, goal, edges)),
    whole: whole.period("whole", goal, edges),
  };
}

class Counted {
  threshold = NaN;
  private rows = 0;
  private positives = 0;
  private readonly bins: Float64Array;
  private readonly fixed = { threshold: 0, alerts: 0, truePositives: 0 };
  private readonly followed = { threshold: 0, alerts: 0, truePositives: 0 };

  constructor(bins: number) {
    this.bins = new Float64Array(2 * bins);
  }

  add(bin: number, label: number, alerts: { readonly fixed: boolean; readonly followed: boolean }): void {
    this.rows += 1;
    this.positives += label;
    this.bins[bin + (label * this.bins.length) / 2]! += 1;
    for (const name of ["fixed", "followed"] as const) {
      if (!alerts[name]) continue;
      this[name].alerts += 1;
      this[name].truePositives += label;
    }
  }

  period(name: string, goal: OperatingGoal, edges: readonly number[]): Period {
    const { rows, positives, bins } = this;
    const cuts: Cut[] = [];
    let [alerts, truePositives] = [0, 0];
    for (let bin = edges.length; bin > 0; bin--) {
      alerts += bins[bin]! + bins[bins.length / 2 + bin]!;
      truePositives += bins[bins.length / 2 + bin]!;
      cuts.push({ threshold: edges[bin - 1]!, alerts, truePositives });
    }
    const totals = { rows, positives };
    const oracle = chooseCut(goal, cuts, totals).cut;
    const of = (cut: Cut): Reached => reached(goal, cut, totals);
    return {
      name,
      rows,
      fixed: of(this.fixed),
      followed: of(this.followed),
      oracle: of(oracle),
      threshold: this.threshold,
    };
  }
}

function reached(goal: OperatingGoal, cut: Cut, totals: CutTotals): Reached {
  const { alerts, truePositives } = cut;
  const { rows, positives } = totals;
  const alertRate = alerts / rows;
  switch (goal.kind) {
    case "f1":
      return { value: (2 * truePositives) / (alerts + positives), alertRate };
    case "recall":
      return { value: truePositives / positives, alertRate };
    case "precision":
      return { value: truePositives / alerts, alertRate };
    case "alert-rate":
      return { value: alertRate, alertRate };
    case "cost":
      return { value: (1000 * costOf(goal, cut, totals)) / rows, alertRate };
  }
}
