// Null calibration of one window length: a threshold per feature, and for the dataset how many features may drift at
// once and how far the farthest of them may lie beyond its own threshold.
import { highestRate } from "../../src/drift/false-alarm-rate.ts";
import { largestRatio } from "../../src/drift/largest-ratio.ts";
import type { DriftWindowReference } from "../../src/drift/drift-reference.ts";
import type { DriftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { conformalThreshold, thresholdsOfOthers } from "./conformal-threshold.ts";
import { jointThresholds, leastForJoint } from "./joint-thresholds.ts";

/** Least number of windows from which thresholds of the wanted rate are calibrated. */
const LEAST_WINDOWS = 100;
/** The highest rate that is worth a verdict; less data than it needs says nothing. */
const HIGHEST_ALPHA = 0.2;
/** The widest limits of n windows leave so many of n + 1 beyond them: the extreme of each kind, and a further one. */
const EXTREMES = 3;
/**
 * What is stated of them. A training window is judged against one window less than a live one, which few windows feel:
 * decision 0015 has the realised rates.
 */
const STATED_OF_FEW = 4;

/** Number of windows from which limits of the wanted rate are calibrated. */
export function enoughWindows(wanted: number): number {
  return Math.max(LEAST_WINDOWS, leastForJoint(wanted));
}

/** Fewest windows from which there are limits at all. */
export function fewestWindows(wanted: number): number {
  return Math.min(enoughWindows(wanted), Math.ceil(STATED_OF_FEW / Math.max(wanted, HIGHEST_ALPHA)) - 1);
}

/** Of windows of so many stretches of time. */
interface WindowRates {
  /** Rate of each limit. */
  readonly alpha: number;
  /** The rate that is stated with the limits. */
  readonly stated: number;
}

/** The rates of limits from so many windows: the wanted one from `enoughWindows` on, a higher one from fewer. */
export function windowRates(times: number, wanted: number): WindowRates {
  if (times >= enoughWindows(wanted)) return { alpha: wanted, stated: wanted };
  return {
    alpha: Math.max(wanted, EXTREMES / (times + 1)),
    stated: times < fewestWindows(wanted) ? wanted : Math.max(wanted, STATED_OF_FEW / (times + 1)),
  };
}

/**
 * Every feature's threshold is the conformal order statistic of its own distances. For the dataset's two limits, each
 * training window is judged against the thresholds of all *other* windows: by its share of features above their
 * thresholds, and by its largest distance over its threshold. Features are correlated, so the rates of single features
 * do not give the rate at which many drift at once. The share misses strong drift of a few features, which the ratio
 * shows.
 *
 * With too few windows for the wanted rate the limits are the widest that they give, for a higher rate, and `reason`
 * says so: an alarm every ten hours that is known as such is better than none for the first hundred.
 * @param windows number of windows, and number of different stretches of time among them. The latter must be large
 * enough, since an hour of ten symbols is not ten hours.
 * @param distances per feature one per window, `NaN` where a window has too few values.
 * @param wanted false-alarm rate of each threshold and of the dataset's verdict, above 0 and below 1.
 * @param changed 1 for each window that is drift because a column vanished or appeared (missing-limits.ts). They are a
 * part of the rate: the two limits are those of the other windows, for what is left of it. Where too little is left the
 * stated rate is higher.
 */
export function calibrateWindows(
  { name, steps, every, minRows }: DriftWindowPlan,
  { windows, times }: { readonly windows: number; readonly times: number },
  distances: readonly Float64Array[],
  wanted: number,
  changed: Uint8Array = new Uint8Array(windows),
): DriftWindowReference {
  const enough = enoughWindows(wanted);
  const isFew = times < enough;
  const rates = windowRates(times, wanted);
  const { alpha } = rates;
  const least = isFew ? fewestWindows(wanted) : enough;
  const taken = changed.reduce((sum, one) => sum + one, 0);
  // Beside them there are the extremes and a further window of each kind.
  const stated = Math.max(rates.stated, taken === 0 ? 0 : (taken + 1 + EXTREMES) / (windows + 1));
  const base = { name, steps, every, minRows, nullWindows: times, alpha: times < least ? wanted : stated };
  const none = (reason: string): DriftWindowReference => {
    return { ...base, thresholds: null, datasetShare: null, datasetRatio: null, reason };
  };
  if (times < least) return none(`${times} training windows of ${name}, at least ${least} needed`);
  const words = isFew ? { reason: fewWords({ name, times, stated, wanted, enough }) } : {};
  const needed = isFew ? leastForJoint(alpha) : enough;
  const known = distances.map((column) => column.filter(Number.isFinite).length >= needed);
  const thresholds = distances.map((column, f) => (known[f]! ? conformalThreshold(column, alpha) : null));
  const counted = distances.filter((_, f) => known[f]!);
  const others = counted.map((column) => thresholdsOfOthers(column, alpha));
  const shares: number[] = [];
  const ratios: number[] = [];
  for (let w = 0; w < windows; w++) {
    if (changed[w] === 1) continue;
    const judged = counted.flatMap((column, f) => (Number.isFinite(column[w]) ? [f] : []));
    if (judged.length === 0) continue;
    const [own, usual] = [judged.map((f) => counted[f]![w]!), judged.map((f) => others[f]![w]!)];
    shares.push(own.filter((x, i) => x > usual[i]!).length / judged.length);
    ratios.push(largestRatio(own, usual)?.ratio ?? 0);
  }
  const joint = jointThresholds(Float64Array.from(shares), Float64Array.from(ratios), alpha, taken);
  if (joint === null || shares.length + taken < needed) {
    return none(`${shares.length} training windows of ${name} with values, at least ${needed} needed`);
  }
  return { ...base, thresholds, datasetShare: joint.share, datasetRatio: joint.ratio, ...words };
}

interface FewWindows {
  readonly name: string;
  readonly times: number;
  readonly stated: number;
  readonly wanted: number;
  readonly enough: number;
}

function fewWords({ name, times, stated, wanted, enough }: FewWindows): string {
  const percent = (rate: number): string => `${Number((100 * rate).toFixed(1))} %`;
  return (
    `${times} training windows of ${name}: a false-alarm rate of ${percent(stated)}, below ` +
    `${percent(highestRate(times, stated))} with 95 % certainty; ${percent(wanted)} needs ${enough}`
  );
}
