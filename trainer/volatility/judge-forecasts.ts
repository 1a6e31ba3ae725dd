// QLIKE of forecasts of the horizon's volatility, on the test rows of the walk-forward.
import { meanIntervals } from "../evaluate/intervals/mean-intervals.ts";
import type { VolatilityReport } from "../run/run-report.ts";
import type { Split } from "../folds/split.ts";
import { FORECASTERS } from "./choose-forecaster.ts";
import { type ForecastContext, forecastLosses } from "./forecaster.ts";

/**
 * Mean QLIKE of the realised over the forecast variance (both over τ²) per forecaster, each fitted on every fold's
 * training rows, over the pooled test rows. A volatility below the schema's ε counts as ε. Empty with fewer than two
 * blocks, where there is no interval.
 *
 * @param blocks of the pooled test rows.
 */
export function judgeForecasts(
  context: ForecastContext,
  splits: readonly Split[],
  blocks: Int32Array,
): VolatilityReport[] {
  const losses = FORECASTERS.map((forecaster) => {
    const series = new Float64Array(blocks.length);
    let at = 0;
    for (const { train, test } of splits) {
      series.set(forecastLosses(context.data, test, forecaster.fit(context, train)), at);
      at += test.length;
    }
    return series;
  });
  const { means, paired } = meanIntervals(losses, blocks);
  return FORECASTERS.flatMap(({ name }, f): VolatilityReport[] => {
    const mean = means[f] ?? null;
    return mean === null ? [] : [{ name, qlike: mean, againstEwma: f === 0 ? null : paired(f, 0) }];
  });
}
