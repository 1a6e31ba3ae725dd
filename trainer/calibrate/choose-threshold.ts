// The probability from which a model alerts, chosen for a stated goal on scores of rows that it was not fitted on.
import { chooseCut, costOf } from "../../src/threshold/choose-cut.ts";
import { goalText, type OperatingGoal } from "../../src/threshold/operating-goal.ts";
import { type Confusion, confusionOf } from "../evaluate/metrics/confusion.ts";
import { descendingOrder } from "../evaluate/metrics/descending-order.ts";

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
interface RowsCut extends Confusion {
  readonly threshold: number;
  readonly alerts: number;
}

/**
 * The threshold for a goal, chosen by `chooseCut` among all that separate these rows and "never".
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
  const totals = { rows: labels.length, positives: labels.reduce((sum, y) => sum + y, 0) };
  return goals.map((goal) => pointFor(goal, cuts, totals));
}

function pointFor(
  goal: OperatingGoal,
  cuts: readonly RowsCut[],
  totals: { readonly rows: number; readonly positives: number },
): OperatingPoint {
  const { cut, reached } = chooseCut(goal, cuts, totals);
  const expectedCost = goal.kind === "cost" ? (1000 * costOf(goal, cut, totals)) / totals.rows : null;
  const { threshold, precision, recall, f1 } = cut;
  const alertRate = cut.alertRate!;
  const words = goalText(goal);
  const text = `${words}${reached ? "" : ", not reached"}: ${outcomeText(cut, expectedCost)}`;
  return { goal: words, threshold, precision, recall, f1, alertRate, expectedCost, reached, text };
}

/** From "never" down to "always": fewer alerts first. */
function allCuts(labels: Uint8Array, probabilities: ArrayLike<number>): RowsCut[] {
  const order = descendingOrder(probabilities);
  const rows = labels.length;
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const cuts: RowsCut[] = [];
  const add = (threshold: number, alerts: number, truePositives: number): void => {
    cuts.push({ threshold, alerts, ...confusionOf({ rows, positives, alerts, truePositives }) });
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

function outcomeText({ precision, recall, alertRate }: RowsCut, expectedCost: number | null): string {
  const shown = (x: number | null): string => (x === null ? "none" : x.toFixed(3));
  const price = expectedCost === null ? "" : `, cost ${expectedCost.toFixed(2)} per 1,000 predictions`;
  return `precision ${shown(precision)}, recall ${shown(recall)}, alert rate ${shown(alertRate)}${price}`;
}
