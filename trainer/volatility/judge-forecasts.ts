// QLIKE of forecasts of the horizon's volatility, on the test rows of the walk-forward.
import { bootstrapMeans } from "../evaluate/bootstrap/bootstrap-means.ts";
import { within } from "../../src/quality/percentile-interval.ts";
import type { VolatilityReport } from "../run/run-report.ts";
import type { Split } from "../folds/split.ts";
import { FORECASTERS } from "./choose-forecaster.ts";
import { type ForecastContext, forecastLosses } from "./forecaster.ts";

/** What the intervals are drawn with; `labels` and `blocks` are of the pooled test rows. */
export interface ForecastOptions {
  readonly labels: Uint8Array;
  readonly blocks: Int32Array;
  readonly resamples: number;
  readonly seed: number;
}

/**
 * Mean QLIKE of the realised over the forecast variance (both over τ²) per forecaster, each fitted on every fold's
 * training rows, over the pooled test rows. A volatility below the schema's ε counts as ε. Empty with fewer than two
 * blocks, where there is no interval.
 */
export function judgeForecasts(
  context: ForecastContext,
  splits: readonly Split[],
  options: ForecastOptions,
): VolatilityReport[] {
  const losses = FORECASTERS.map((forecaster) => {
    const series = new Float64Array(options.labels.length);
    let at = 0;
    for (const { train, test } of splits) {
      series.set(forecastLosses(context.data, test, forecaster.fit(context, train)), at);
      at += test.length;
    }
    return series;
  });
  const { means, paired } = bootstrapMeans(losses, options.labels, options.blocks, options);
  return FORECASTERS.flatMap(({ name }, f): VolatilityReport[] => {
    const mean = within(means[f] ?? null, 0, Infinity);
    return mean === null || mean === undefined
      ? []
      : [{ name, qlike: mean, againstEwma: f === 0 ? null : paired(f, 0) }];
  });
}
