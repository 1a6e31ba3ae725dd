// Null calibration of one window length: a threshold per feature, and for the dataset how many features may drift at
// once and how far the farthest of them may lie beyond its own threshold.
import { largestRatio } from "../../src/drift/largest-ratio.ts";
import type { DriftWindowReference } from "../../src/drift/drift-reference.ts";
import type { DriftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { conformalThreshold, thresholdsOfOthers } from "./conformal-threshold.ts";
import { jointThresholds, leastForJoint } from "./joint-thresholds.ts";

/** Least number of windows from which thresholds are calibrated. */
const LEAST_WINDOWS = 100;

/**
 * Every feature's threshold is the conformal order statistic of its own distances. For the dataset's two limits, each
 * training window is judged against the thresholds of all *other* windows: by its share of features above their
 * thresholds, and by its largest distance over its threshold. Features are correlated, so the rates of single features
 * do not give the rate at which many drift at once. The share misses strong drift of a few features, which the ratio
 * shows.
 * @param windows number of windows, and number of different stretches of time among them. The latter must be large
 * enough, since an hour of ten symbols is not ten hours.
 * @param distances per feature one per window, `NaN` where a window has too few values.
 * @param alpha stated false-alarm rate of each threshold and of the dataset's verdict, above 0 and below 1.
 */
export function calibrateWindows(
  { name, steps, every, minRows }: DriftWindowPlan,
  { windows, times }: { readonly windows: number; readonly times: number },
  distances: readonly Float64Array[],
  alpha: number,
): DriftWindowReference {
  const least = Math.max(LEAST_WINDOWS, leastForJoint(alpha));
  const base = { name, steps, every, minRows, nullWindows: times, alpha };
  const none = (reason: string): DriftWindowReference => {
    return { ...base, thresholds: null, datasetShare: null, datasetRatio: null, reason };
  };
  if (times < least) return none(`${times} training windows of ${name}, at least ${least} needed`);
  const known = distances.map((column) => column.filter(Number.isFinite).length >= least);
  const thresholds = distances.map((column, f) => (known[f]! ? conformalThreshold(column, alpha) : null));
  const counted = distances.filter((_, f) => known[f]!);
  const others = counted.map((column) => thresholdsOfOthers(column, alpha));
  const shares: number[] = [];
  const ratios: number[] = [];
  for (let w = 0; w < windows; w++) {
    const judged = counted.flatMap((column, f) => (Number.isFinite(column[w]) ? [f] : []));
    if (judged.length === 0) continue;
    const [own, usual] = [judged.map((f) => counted[f]![w]!), judged.map((f) => others[f]![w]!)];
    shares.push(own.filter((x, i) => x > usual[i]!).length / judged.length);
    ratios.push(largestRatio(own, usual)?.ratio ?? 0);
  }
  const joint = jointThresholds(Float64Array.from(shares), Float64Array.from(ratios), alpha);
  if (joint === null || shares.length < least) {
    return none(`${shares.length} training windows of ${name} with values, at least ${least} needed`);
  }
  return { ...base, thresholds, datasetShare: joint.share, datasetRatio: joint.ratio };
}
