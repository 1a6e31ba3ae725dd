// QLIKE, the loss for volatility forecasts that a noisy proxy of the truth does not mislead.
import { ln } from "../../../src/features/exact-math.ts";

/**
 * Mean of v/f − ln(v/f) − 1 over variances v (realised) and f (forecast): 0 when all are equal, and a forecast that is
 * too low costs more than one that is too high (A. Patton 2011, in the normalised form of Patton and Sheppard 2009).
 * Pairs whose ratio is not a finite number above 0 are left out, since ln has no value there.
 *
 * Example: realised 1 and 4 against forecast 1 and 2 give (2 − ln 2 − 1) / 2 = 0.1534….
 *
 * @param realised, forecast variances in one unit, for example squared basis points; square volatilities before.
 * @returns `NaN` without a usable pair.
 */
export function qlike(realised: ArrayLike<number>, forecast: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let k = 0; k < realised.length; k++) {
    const loss = qlikeOf(realised[k]!, forecast[k]!);
    if (Number.isNaN(loss)) continue;
    sum += loss;
    count += 1;
  }
  return sum / count;
}

/** Of one pair; `NaN` where its ratio is not a finite number above 0. */
export function qlikeOf(realised: number, forecast: number): number {
  const ratio = realised / forecast;
  return ratio > 0 && ratio < Infinity ? ratio - ln(ratio) - 1 : NaN;
}
