// A line in log-odds: what a recalibration is. Applied to a probability it keeps the order of any two of them.
import { exp, ln } from "../features/exact-math.ts";

/** `logit(q) = slope · logit(p) + level`. */
export interface Line {
  /** At least 0.01, so that order is kept. */
  readonly slope: number;
  readonly level: number;
}

/** Changes nothing. */
export const IDENTITY: Line = { slope: 1, level: 0 };

/** Log-odds are kept within ±this: beyond it a probability in float32 says no more than that it is almost sure. */
const MOST_LOGIT = 15;

/** Log-odds of a probability, within ±15; `NaN` for `NaN`. Example: `logitOf(0.1) === -2.197224577336219`. */
export function logitOf(p: number): number {
  if (!(p > 0)) return p === 0 ? -MOST_LOGIT : NaN;
  if (!(p < 1)) return MOST_LOGIT;
  return Math.min(Math.max(ln(p / (1 - p)), -MOST_LOGIT), MOST_LOGIT);
}

/** The probability of log-odds. Example: `probabilityOf(0) === 0.5`. */
export function probabilityOf(z: number): number {
  return 1 / (1 + exp(-z));
}

/**
 * A probability as it is served: float32, by the same bits in every runtime. The identity gives back the very bits of
 * a float32 probability; `NaN` stays `NaN`.
 *
 * Example: a slope of ½ brings 0.1 to 0.25: its odds of 1 to 9 become 1 to 3.
 */
export function recalibrated(p: number, { slope, level }: Line): number {
  if (slope === 1 && level === 0) return Math.fround(p);
  return Math.fround(probabilityOf(slope * logitOf(p) + level));
}
