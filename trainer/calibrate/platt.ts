// Platt's calibration: a score to a probability through one slope and one intercept.
import type { PlattCalibration } from "../../src/model/manifest-calibration.ts";
import { fitLogistic } from "../fit/fit-logistic.ts";
import { sigmoid } from "../score/sigmoid.ts";

/** Least slope of a calibration, so that it never reverses a ranking. */
export const MIN_SLOPE = 0.01;

/**
 * Maximum likelihood with Platt's smoothed targets (J. Platt 1999; Lin, Lin and Weng 2007): (n₊ + 1)/(n₊ + 2) for a
 * spike and 1/(n₋ + 2) for calm, so that separable scores keep a finite slope. Where the best slope is below
 * `MIN_SLOPE` it is set to `MIN_SLOPE` and only the intercept is fitted. Every row then gets nearly the base rate.
 *
 * @param scores finite, one per label; @param labels 1 spike, 0 calm; @param weights how much each row counts, with a
 * mean of 1; absent: 1 each.
 */
export function fitPlatt(scores: Float64Array, labels: Uint8Array, weights?: Float64Array): PlattCalibration {
  const targets = smoothedTargets(labels);
  const fit = fitLogistic({ x: scores, width: 1, targets, weights }, 0);
  const slope = fit.weights[0]!;
  if (slope >= MIN_SLOPE) return { method: "platt", slope, intercept: fit.intercept };
  return { method: "platt", slope: MIN_SLOPE, intercept: interceptAt(MIN_SLOPE, scores, targets, weights) };
}

/** Platt's: (n₊ + 1)/(n₊ + 2) for a spike, 1/(n₋ + 2) for calm. */
export function smoothedTargets(labels: Uint8Array): Float64Array {
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (labels.length - positives + 2);
  return Float64Array.from(labels, (y) => (y === 1 ? high : low));
}

/**
 * The intercept at which the mean probability is the mean target, which rises with it: by Newton's method, and by
 * bisection where that would leave what is known to hold the answer.
 */
function interceptAt(slope: number, scores: Float64Array, targets: Float64Array, weights?: Float64Array): number {
  const total = targets.reduce((sum, t, i) => sum + (weights?.[i] ?? 1) * t, 0);
  const reach = 40 + slope * scores.reduce((max, s) => Math.max(max, Math.abs(s)), 0);
  let below = -reach;
  let above = reach;
  let intercept = 0;
  for (let i = 0; i < 80 && above - below > 1e-12 * reach; i++) {
    let excess = -total;
    let rise = 0;
    for (let k = 0; k < scores.length; k++) {
      const p = sigmoid(slope * scores[k]! + intercept);
      const weight = weights?.[k] ?? 1;
      excess += weight * p;
      rise += weight * p * (1 - p);
    }
    if (excess < 0) below = intercept;
    else above = intercept;
    const next = intercept - excess / rise;
    if (Math.abs(next - intercept) < 1e-13 * reach) break;
    intercept = next > below && next < above ? next : (below + above) / 2;
  }
  return intercept;
}
