// What beta calibration is linear in: ln p and −ln(1 − p) of a score read as log-odds.
import { exp, ln } from "../../src/features/exact-math.ts";

/**
 * Scores beyond ±30 count as ±30. There p is 1e-13 away from 0 or 1; further out 1 − p has no digits left in float64,
 * and the two terms differ by the score itself anyway.
 */
export const SCORE_LIMIT = 30;

/**
 * With s the clipped score and p = 1 / (1 + e^−s): `ln p` = min(s, 0) − ln(1 + e^−|s|) and
 * `−ln(1 − p)` = max(s, 0) + ln(1 + e^−|s|). Their sum is s.
 *
 * Example: score 0 gives −ln 2 and ln 2.
 */
export function betaTerms(score: number): { readonly lnP: number; readonly minusLnQ: number } {
  const s = Math.min(Math.max(score, -SCORE_LIMIT), SCORE_LIMIT);
  const tail = ln(1 + exp(-Math.abs(s)));
  return { lnP: Math.min(s, 0) - tail, minusLnQ: Math.max(s, 0) + tail };
}
