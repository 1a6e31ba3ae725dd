// Null calibration of one window length: a threshold per feature, and one for how many features may drift at once.
import type { DriftWindowReference } from "../../src/drift/reference.ts";
import type { DriftWindowPlan } from "../../src/drift/window-plan.ts";
import { conformalThreshold, exceedsOthers, leastForAlpha } from "./conformal-threshold.ts";

/** Fewer windows than this say too little about what is usual. */
export const LEAST_WINDOWS = 100;

/**
 * Every feature's threshold is the conformal order statistic of its own distances. The dataset's is that of the windows'
 * shares of features that lie above the threshold of all *other* windows: features move together, so that no rule about
 * single features says how often many of them drift at once.
 * @param distances per feature one per window, `NaN` where a window has too few values.
 * @param alpha stated false-alarm rate of each threshold, above 0 and below 1.
 */
export function calibrateWindows(
  { name, steps, every, minRows }: DriftWindowPlan,
  windows: number,
  distances: readonly Float64Array[],
  alpha: number,
): DriftWindowReference {
  const least = Math.max(LEAST_WINDOWS, leastForAlpha(alpha));
  const base = { name, steps, every, minRows, nullWindows: windows, alpha };
  const none = (reason: string): DriftWindowReference => ({ ...base, thresholds: null, datasetShare: null, reason });
  if (windows < least) return none(`${windows} training windows of ${name}, at least ${least} needed`);
  const known = distances.map((column) => column.filter(Number.isFinite).length >= least);
  const thresholds = distances.map((column, f) => (known[f]! ? conformalThreshold(column, alpha) : null));
  const above = distances.map((column, f) => (known[f]! ? exceedsOthers(column, alpha) : []));
  const shares = Float64Array.from({ length: windows }, (_, w) => {
    const counted = distances.flatMap((column, f) => (known[f]! && Number.isFinite(column[w]) ? [above[f]![w]!] : []));
    return counted.filter(Boolean).length / counted.length;
  });
  const judged = shares.filter(Number.isFinite).length;
  if (judged < least) return none(`${judged} training windows of ${name} with values, at least ${least} needed`);
  return { ...base, thresholds, datasetShare: conformalThreshold(shares, alpha) };
}
