// All forecasters of the horizon's volatility, and which of them the training rows choose.
import { innerFolds, judgingFolds } from "../folds/inner-folds.ts";
import { type ForecastContext, type Forecaster, heldOutQlike } from "./forecaster.ts";
import { GAMMA_TREES } from "./gamma-trees.ts";
import { EWMA, HAR, REGRESSION } from "./log-linear.ts";

/** The simplest first. */
export const FORECASTERS: readonly Forecaster[] = [EWMA, HAR, REGRESSION, GAMMA_TREES];

/** The forecaster with the lowest QLIKE on the inner folds' held-out rows; EWMA without a usable inner fold. */
export function chooseForecaster(context: ForecastContext, rows: Int32Array): Forecaster {
  const folds = judgingFolds(innerFolds(context.data, rows));
  const losses = FORECASTERS.map((forecaster) =>
    heldOutQlike(context.data, folds, (part) => forecaster.fit(context, part)),
  );
  return FORECASTERS[losses.reduce((b, loss, f) => (loss < losses[b]! ? f : b), 0)]!;
}
