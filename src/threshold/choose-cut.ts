// Which threshold serves a goal best, of several whose outcome is known. The trainer chooses by it among all thresholds
// of its rows, a gateway among the edges of its score bins.
import type { OperatingGoal } from "./operating-goal.ts";

/** The outcome when alerts begin at one threshold. Counts may be weighted. */
export interface Cut {
  readonly threshold: number;
  readonly alerts: number;
  readonly truePositives: number;
}

/** What all cuts are of. */
export interface CutTotals {
  readonly rows: number;
  readonly positives: number;
}

/**
 * The best cut for a goal.
 *
 * - `f1`: the highest F1; of equal ones the highest threshold, with the fewest alerts.
 * - `recall`: the highest threshold that reaches the target; else the most recall, not reached.
 * - `precision`: the lowest threshold that reaches the target, for the most recall; else the best precision, not
 *   reached.
 * - `alert-rate`: the lowest threshold that alerts on at most this share; else the fewest alerts, not reached.
 * - `cost`: the least cost `fp` · false alerts + `fn` · missed spikes; of equal ones the fewest alerts.
 *
 * @param cuts from the highest threshold down, at least one.
 */
export function chooseCut<C extends Cut>(
  goal: OperatingGoal,
  cuts: readonly C[],
  totals: CutTotals,
): { readonly cut: C; readonly reached: boolean } {
  const { rows, positives } = totals;
  switch (goal.kind) {
    case "f1": {
      const cut = best(cuts, (one) => f1Of(one, totals));
      return { cut, reached: f1Of(cut, totals) > 0 };
    }
    case "recall": {
      const cut = cuts.find(({ truePositives }) => positives > 0 && truePositives / positives >= goal.target);
      return { cut: cut ?? (positives > 0 ? cuts.at(-1)! : cuts[0]!), reached: cut !== undefined };
    }
    case "precision": {
      const cut = cuts.findLast((one) => precisionOf(one) >= goal.target);
      if (cut !== undefined) return { cut, reached: true };
      const highest = cuts.reduce((max, one) => Math.max(max, precisionOf(one)), -1);
      return { cut: cuts.findLast((one) => precisionOf(one) === highest)!, reached: false };
    }
    case "alert-rate": {
      const cut = cuts.findLast(({ alerts }) => alerts / rows <= goal.target);
      return { cut: cut ?? cuts[0]!, reached: cut !== undefined };
    }
    case "cost":
      return { cut: best(cuts, (one) => -costOf(goal, one, totals) / rows), reached: true };
  }
}

/**
 * How much better another cut is for a goal that has an optimum, as a share of what is reached; `Infinity` for a goal
 * with a target, where each miss is one, and where nothing is reached.
 */
export function relativeGain(goal: OperatingGoal, from: Cut, to: Cut, totals: CutTotals): number {
  if (goal.kind === "f1") return f1Of(to, totals) / f1Of(from, totals) - 1;
  if (goal.kind !== "cost") return Infinity;
  const cost = costOf(goal, from, totals);
  return cost > 0 ? 1 - costOf(goal, to, totals) / cost : 0;
}

/** `fp` · false alerts + `fn` · missed spikes. */
export function costOf(
  { fp, fn }: { readonly fp: number; readonly fn: number },
  { alerts, truePositives }: Cut,
  { positives }: CutTotals,
): number {
  return fp * (alerts - truePositives) + fn * (positives - truePositives);
}

/** 0 without alerts and spikes. */
function f1Of({ alerts, truePositives }: Cut, { positives }: CutTotals): number {
  return alerts + positives > 0 ? (2 * truePositives) / (alerts + positives) : 0;
}

/** −1 without an alert. */
function precisionOf({ alerts, truePositives }: Cut): number {
  return alerts > 0 ? truePositives / alerts : -1;
}

/** The first of the cuts with the highest value: of equal ones the fewest alerts. */
function best<C extends Cut>(cuts: readonly C[], value: (cut: C) => number): C {
  return cuts.reduce((top, cut) => (value(cut) > value(top) ? cut : top));
}
