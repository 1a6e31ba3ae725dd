// Where the quantiles of the horizon's volatility lie around a forecast, on rows that it was not fitted on.
import { exp, ln } from "../../src/features/exact-math.ts";
import { epsilonOf } from "../../src/features/schema.ts";
import { lnForecast } from "../../src/volatility/model-sigma.ts";
import { firstLabelsOf, quantilesOf } from "../../src/volatility/quantile-tracker.ts";
import type { Dataset } from "../rows/dataset.ts";
import { scoresOfRows } from "../score/scores-of-rows.ts";
import type { HeldOutForecast } from "./forecaster.ts";

/**
 * Offsets by level of `SIGMA_LEVELS`: quantiles of ln(realised) − ln(forecast) over the held-out rows of all folds, as
 * a gateway computes it, with its ε. `undefined` with fewer rows than a gateway would begin with.
 */
export function sigmaOffsets(data: Dataset, fits: readonly HeldOutForecast[]): readonly number[] | undefined {
  const { ratio, tau } = data.rows;
  const { horizonSteps } = data.config.label;
  const epsilon = epsilonOf(horizonSteps);
  const residuals = fits.flatMap(({ score, test }) => {
    const forecasts = scoresOfRows(data, test, score);
    return Array.from(test, (k, i) => {
      const forecast = lnForecast(Math.fround(exp(forecasts[i]!)), tau[k]!, epsilon);
      return ln(Math.max(ratio[k]! * tau[k]!, epsilon)) - forecast;
    });
  });
  return residuals.length < firstLabelsOf(horizonSteps) ? undefined : [...quantilesOf(residuals)];
}
