// Leak check 3: a time stamp must not predict the label. Five nearest training rows in time, and nothing else, predict
// the test rows; where that works, training rows lie in between the test rows and share their horizons.
import { averagePrecision } from "../metrics/average-precision.ts";
import type { LeakCheck } from "./leak-check.ts";

const NEIGHBOURS = 5;
/** How much of the way from chance to certainty the neighbours may go: (AP − base rate) / (1 − base rate). */
const MAX_SKILL = 0.2;

/**
 * Average precision of "share of positives among the five training rows nearest in time", per fold, against the fold's
 * base rate. Fails when a fold's skill, (AP − base) / (1 − base), exceeds `MAX_SKILL`.
 *
 * The margin: in a forward split all test rows have the same five neighbours, so all tie, AP is the base rate and the
 * skill exactly 0. A purged block of the middle has two sets of neighbours, so two scores: with halves of equal size AP
 * is at most twice the base rate, a skill of b/(1 − b), 0.18 at a base rate of 0.15. Rows drawn at random have
 * neighbours whose horizons are the same seconds: skill 0.9 and more. A share of the way, not a lift, so that it can
 * fire at any base rate.
 *
 * Figures: `folds` judged, `highestAveragePrecision`, with that fold's `baseRate` and `lift`. A fold is judged when its
 * test rows have both outcomes and it has at least five training rows; without one the check is `not_possible`.
 *
 * @param times ms, one per row, in any order; @param folds positions of rows.
 */
export function checkTimeNeighbours(
  times: ArrayLike<number>,
  labels: Uint8Array,
  folds: readonly { readonly train: Int32Array; readonly test: Int32Array }[],
): LeakCheck {
  let judged = 0;
  let worst = { skill: -Infinity, ap: 0, base: 0, fold: 0 };
  folds.forEach(({ train, test }, f) => {
    const truth = Uint8Array.from(test, (k) => labels[k]!);
    const base = truth.reduce((sum, y) => sum + y, 0) / truth.length;
    if (train.length < NEIGHBOURS || !(base > 0 && base < 1)) return;
    judged += 1;
    const ap = averagePrecision(truth, neighbourShares(times, labels, train, test));
    const skill = (ap - base) / (1 - base);
    if (skill > worst.skill) worst = { skill, ap, base, fold: f + 1 };
  });
  const outcome = judged === 0 ? "not_possible" : worst.skill > MAX_SKILL ? "failed" : "passed";
  const shown = `average precision of time alone is at most ${worst.ap.toFixed(4)} (fold ${worst.fold}, base rate ${worst.base.toFixed(4)})`;
  return {
    name: "time-neighbours",
    outcome,
    passed: outcome === "passed",
    detail: judged === 0 ? "no fold has both outcomes in its test and five rows to train on" : shown,
    figures:
      judged === 0
        ? { folds: 0 }
        : {
            folds: judged,
            highestAveragePrecision: worst.ap,
            baseRate: worst.base,
            lift: worst.ap / worst.base,
            skill: worst.skill,
          },
  };
}

/** Per test row, the share of positives among its nearest training rows; of two equally near the earlier one. */
function neighbourShares(
  times: ArrayLike<number>,
  labels: Uint8Array,
  train: Int32Array,
  test: Int32Array,
): Float64Array {
  const order = train.slice().sort((a, b) => times[a]! - times[b]! || a - b);
  const sorted = Float64Array.from(order, (k) => times[k]!);
  return Float64Array.from(test, (k) => {
    const t = times[k]!;
    let right = firstAtOrAfter(sorted, t);
    let left = right - 1;
    let hits = 0;
    for (let i = 0; i < NEIGHBOURS; i++) {
      const before = left >= 0 ? t - sorted[left]! : Infinity;
      const after = right < sorted.length ? sorted[right]! - t : Infinity;
      hits += labels[order[before <= after ? left-- : right++]!]!;
    }
    return hits / NEIGHBOURS;
  });
}

function firstAtOrAfter(ascending: Float64Array, x: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
