// A calibration of log-odds that is shrunk towards leaving them as they are.
import { fitPosteriorLine } from "./platt-posterior.ts";
import { IDENTITY, type Line, type ScoredRows, weightsOf } from "./scored-rows.ts";
import { sigmoid } from "../score/sigmoid.ts";

/** The prior counts at least this many effective rows: about ten independent spikes. */
const LEAST_PRIOR_ROWS = 100;

/**
 * Slope and level with the highest posterior on held-out log-odds. The prior is the identity. It weighs as much as
 * `priorRows` rows like the held-out ones would if they needed no calibration: their Fisher information. A model's own
 * rows do say that, since its fit maximises their likelihood. So a calibration that smaller models needed is carried
 * to a larger one in part only: with as many held-out rows as fitted ones, by half.
 *
 * @param heldOut scores that are log-odds.
 * @param priorRows effective rows that the model was fitted on: rows / horizon steps.
 * @param rowWeight effective rows that a held-out row stands for: 1 / horizon steps.
 * @returns the identity without held-out rows.
 */
export function fitShrunkLine(heldOut: ScoredRows, priorRows: number, rowWeight: number): Line {
  const { scores } = heldOut;
  const weights = weightsOf(heldOut);
  const informationOf = (s: number, i: number): number => (weights?.[i] ?? 1) * information(s);
  if (scores.length === 0) return IDENTITY;
  let weight = 0;
  let first = 0;
  scores.forEach((s, i) => {
    const w = informationOf(s, i);
    weight += w;
    first += w * s;
  });
  // Around this centre, slope and level are independent.
  const centre = weight > 0 ? first / weight : 0;
  const second = scores.reduce((sum, s, i) => sum + informationOf(s, i) * (s - centre) ** 2, 0);
  const perRow = Math.max(priorRows, LEAST_PRIOR_ROWS) / scores.length;
  const prior = { centre, slope: 1, level: centre, slopePrecision: perRow * second, levelPrecision: perRow * weight };
  return fitPosteriorLine(prior, heldOut, rowWeight);
}

/** p (1 − p): how much one row says about its own log-odds. */
function information(logOdds: number): number {
  const p = sigmoid(logOdds);
  return p * (1 - p);
}
