// All forecasters of the horizon's volatility, and which of them the training rows choose.
import { innerFolds, judgingFolds } from "../folds/inner-folds.ts";
import { type ForecastContext, type Forecaster, heldOutQlike } from "./forecaster.ts";
import { sigmaOffsets } from "./sigma-offsets.ts";
import { GAMMA_TREES } from "./gamma-trees.ts";
import { EWMA, HAR, REGRESSION } from "./log-linear.ts";

/** The simplest first. */
export const FORECASTERS: readonly Forecaster[] = [EWMA, HAR, REGRESSION, GAMMA_TREES];

/** A forecaster, and what its held-out rows say of the quantiles around its forecasts. */
interface ChosenForecaster {
  readonly forecaster: Forecaster;
  /** Offsets by level for a manifest; `undefined` with too few held-out rows. */
  readonly offsets: readonly number[] | undefined;
}

/** The forecaster with the lowest QLIKE on the inner folds' held-out rows; EWMA without a usable inner fold. */
export function chooseForecaster(context: ForecastContext, rows: Int32Array): ChosenForecaster {
  const { data } = context;
  const folds = judgingFolds(innerFolds(data, rows));
  const tried = FORECASTERS.map((forecaster) => {
    const fits = folds.map(({ train, test }) => ({ test, score: forecaster.fit(context, train) }));
    return { forecaster, fits, loss: heldOutQlike(data, fits) };
  });
  const { forecaster, fits } = tried.reduce((best, other) => (other.loss < best.loss ? other : best));
  return { forecaster, offsets: sigmaOffsets(data, fits) };
}
