// The probability from which a model alerts, chosen for a stated goal on scores of rows that it was not fitted on.
import { type Confusion, confusionOf } from "../evaluate/metrics/confusion.ts";
import { descendingOrder } from "../evaluate/metrics/descending-order.ts";

/** What an alert is for. Targets are shares above 0, at most 1; costs are per wrong alert and per missed spike. */
export type OperatingGoal =
  | { readonly kind: "f1" }
  | { readonly kind: "recall" | "precision" | "alert-rate"; readonly target: number }
  | { readonly kind: "cost"; readonly fp: number; readonly fn: number };

export interface OperatingPoint {
  /** The goal in words. */
  readonly goal: string;
  /** Rows with at least this probability alert; from 0 to 1. */
  readonly threshold: number;
  /** On the rows that it was chosen on; `null` without an alert, or without a spike. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly alertRate: number;
  /** Per 1,000 predictions, in the unit of the costs; `null` for goals without costs. */
  readonly expectedCost: number | null;
  /** Whether these rows allow the goal at all. */
  readonly reached: boolean;
  /** Goal and outcome, for manifest and report. */
  readonly text: string;
}

/** What an operator may choose from while a model serves, beside the goal of its training. */
export const STANDARD_GOALS: readonly OperatingGoal[] = [
  { kind: "f1" },
  { kind: "recall", target: 0.5 },
  { kind: "recall", target: 0.8 },
  { kind: "precision", target: 0.5 },
  { kind: "precision", target: 0.8 },
  { kind: "alert-rate", target: 0.01 },
  { kind: "alert-rate", target: 0.05 },
];

/** The outcome on these rows when alerts begin at this threshold. */
interface Cut extends Confusion {
  readonly threshold: number;
}

/**
 * The threshold for a goal, chosen among all that separate these rows and "never".
 *
 * - `f1`: the highest F1; of equal ones the highest threshold, with the fewest alerts.
 * - `recall`: the highest threshold that reaches the target; without a spike it is not reached.
 * - `precision`: the lowest threshold that reaches the target, for the most recall; else the best precision, not
 *   reached.
 * - `alert-rate`: the lowest threshold that alerts on at most this share, which "never" always does.
 * - `cost`: the least empirical cost `fp` · false alerts + `fn` · missed spikes; of equal ones the fewest alerts.
 *
 * Thresholds lie half-way to the next lower probability, the lowest half-way to 0. "Never" is threshold 1: a row of
 * probability exactly 1 alerts at any threshold, so "never" is then impossible.
 *
 * Example: labels 1 0 1 0 with probabilities 0.9 0.7 0.5 0.1: recall 1 is threshold 0.3, precision 1 is 0.8.
 *
 * @throws RangeError for no rows, a target outside (0, 1], a negative cost or two costs of 0, or a `NaN` probability.
 */
export function chooseThreshold(
  goal: OperatingGoal,
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
): OperatingPoint {
  return chooseThresholds([goal], labels, probabilities)[0]!;
}

/** As `chooseThreshold`, for several goals on the same rows. */
export function chooseThresholds(
  goals: readonly OperatingGoal[],
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
): OperatingPoint[] {
  goals.forEach(checkGoal);
  if (labels.length === 0) throw new RangeError("labels: got none, expected at least one row");
  const cuts = allCuts(labels, probabilities);
  return goals.map((goal) => pointFor(goal, cuts, labels.length));
}

function pointFor(goal: OperatingGoal, cuts: readonly Cut[], rows: number): OperatingPoint {
  const { cut, reached } = choose(goal, cuts, rows);
  const expectedCost = goal.kind === "cost" ? (1000 * cost(goal, cut)) / rows : null;
  const { threshold, precision, recall, f1 } = cut;
  const alertRate = cut.alertRate!;
  const words = goalText(goal);
  const text = `${words}${reached ? "" : ", not reached"}: ${outcomeText(cut, expectedCost)}`;
  return { goal: words, threshold, precision, recall, f1, alertRate, expectedCost, reached, text };
}

/** From "never" down to "always": fewer alerts first. */
function allCuts(labels: Uint8Array, probabilities: ArrayLike<number>): Cut[] {
  const order = descendingOrder(probabilities);
  const rows = labels.length;
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const cuts: Cut[] = [];
  const add = (threshold: number, alerts: number, truePositives: number): void => {
    cuts.push({ threshold, ...confusionOf({ rows, positives, alerts, truePositives }) });
  };
  if (probabilities[order[0]!]! < 1) add(1, 0, 0);
  let hits = 0;
  for (let i = 0; i < rows; i++) {
    hits += labels[order[i]!]!;
    const here = probabilities[order[i]!]!;
    const next = i + 1 < rows ? probabilities[order[i + 1]!]! : 0;
    if (next === here && i + 1 < rows) continue;
    const middle = (here + next) / 2;
    add(middle > next ? middle : here, i + 1, hits);
  }
  return cuts;
}

function choose(
  goal: OperatingGoal,
  cuts: readonly Cut[],
  rows: number,
): { readonly cut: Cut; readonly reached: boolean } {
  switch (goal.kind) {
    case "f1":
      return { cut: best(cuts, (cut) => cut.f1 ?? 0), reached: cuts.some((cut) => (cut.f1 ?? 0) > 0) };
    case "recall": {
      const cut = cuts.find(({ recall }) => recall !== null && recall >= goal.target);
      return { cut: cut ?? cuts[0]!, reached: cut !== undefined };
    }
    case "precision": {
      const precision = (cut: Cut): number => cut.precision ?? -1;
      const cut = cuts.findLast((c) => precision(c) >= goal.target);
      if (cut !== undefined) return { cut, reached: true };
      const highest = cuts.reduce((max, c) => Math.max(max, precision(c)), 0);
      return { cut: cuts.findLast((c) => precision(c) === highest)!, reached: false };
    }
    case "alert-rate": {
      const cut = cuts.findLast(({ alertRate }) => alertRate! <= goal.target);
      return { cut: cut ?? cuts[0]!, reached: cut !== undefined };
    }
    case "cost":
      return { cut: best(cuts, (cut) => -cost(goal, cut) / rows), reached: true };
  }
}

/** The first of the cuts with the highest value: of equal ones the fewest alerts. */
function best(cuts: readonly Cut[], value: (cut: Cut) => number): Cut {
  return cuts.reduce((top, cut) => (value(cut) > value(top) ? cut : top));
}

function cost(goal: { readonly fp: number; readonly fn: number }, cut: Cut): number {
  return goal.fp * cut.falsePositives + goal.fn * cut.falseNegatives;
}

function checkGoal(goal: OperatingGoal): void {
  if (goal.kind === "f1") return;
  if (goal.kind === "cost") {
    const { fp, fn } = goal;
    if (fp >= 0 && fn >= 0 && fp + fn > 0 && fp + fn < Infinity) return;
    throw new RangeError(`cost: got fp ${fp} and fn ${fn}, expected numbers from 0, not both 0`);
  }
  if (!(goal.target > 0 && goal.target <= 1)) {
    throw new RangeError(`${goal.kind}: got ${goal.target}, expected a share above 0, at most 1`);
  }
}

function goalText(goal: OperatingGoal): string {
  switch (goal.kind) {
    case "f1":
      return "max F1";
    case "recall":
    case "precision":
      return `${goal.kind} at least ${goal.target}`;
    case "alert-rate":
      return `alert rate at most ${goal.target}`;
    case "cost":
      return `least cost at ${goal.fp} per false alert and ${goal.fn} per missed spike`;
  }
}

function outcomeText({ precision, recall, alertRate }: Cut, expectedCost: number | null): string {
  const shown = (x: number | null): string => (x === null ? "none" : x.toFixed(3));
  const price = expectedCost === null ? "" : `, cost ${expectedCost.toFixed(2)} per 1,000 predictions`;
  return `precision ${shown(precision)}, recall ${shown(recall)}, alert rate ${shown(alertRate)}${price}`;
}
