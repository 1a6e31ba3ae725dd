// Platt's calibration for few held-out rows: the calibration of the training rows is its prior.
import type { PlattCalibration } from "../../src/model/manifest-calibration.ts";
import { fitPlatt } from "./platt.ts";
import { fitPosteriorLine } from "./platt-posterior.ts";
import { type ScoredRows, weightsOf } from "./scored-rows.ts";

/** Standard deviation of the slope around the prior's, as a share of it, and of the level around the prior's. */
const SLOPE_SPREAD = 0.5;
const LEVEL_SPREAD = 1;

/**
 * Slope and level with the highest posterior: around Platt of the training rows (slope s, level l) they are N(s,
 * (s/2)²) and N(l, 1), and each held-out row's log-likelihood, with Platt's smoothed targets, is weighted by
 * `rowWeight`, and by its symbol where symbols count the same. Thousands of rows outweigh the prior; the rows of a few
 * episodes move it only a little. Without the prior, one episode that a model missed flattens the slope to almost 0.
 *
 * The prior is on the level, the log-odds at the training rows' mean score, and not on the intercept, so that it does
 * not matter where the scores' zero lies. A slope below `MIN_SLOPE` is set to `MIN_SLOPE`, and only the level is
 * fitted.
 *
 * @param rowWeight 1 / horizon steps: labels of neighbouring steps share all but one of their steps.
 * @returns Platt of the training rows without held-out rows.
 */
export function fitPlattWithPrior(onTrain: ScoredRows, heldOut: ScoredRows, rowWeight: number): PlattCalibration {
  const { slope, intercept } = fitPlatt(onTrain.scores, onTrain.labels, weightsOf(onTrain));
  const centre = onTrain.scores.reduce((sum, s) => sum + s, 0) / onTrain.scores.length;
  const prior = {
    ...{ centre, slope, level: slope * centre + intercept },
    slopePrecision: 1 / (SLOPE_SPREAD * slope) ** 2,
    levelPrecision: 1 / LEVEL_SPREAD ** 2,
  };
  return { method: "platt", ...fitPosteriorLine(prior, heldOut, rowWeight) };
}
