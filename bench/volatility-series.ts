// Real series of forecasts as the closed steps that a gateway would have learnt from.
import { ClosedSteps, FLAG } from "../src/features/closed-steps.ts";
import { LABEL } from "../src/features/label-window.ts";
import type { ScoreSeries } from "./score-series.ts";

/** Steps without a break, and the place of each row among them. */
export interface SeriesSteps {
  readonly steps: ClosedSteps;
  readonly places: Int32Array;
}

/** All steps from the first row to a horizon after the last; those without a row have no τ and bring no label. */
export function seriesSteps(series: ScoreSeries): SeriesSteps {
  const { step, tau, ratio, label, horizonSteps } = series;
  const first = step[0]!;
  const count = step[step.length - 1]! - first + 1 + horizonSteps;
  const steps = new ClosedSteps(1, count, []);
  steps.count = count;
  steps.tau.fill(NaN);
  steps.label.fill(LABEL.none);
  steps.horizonVolatility.fill(NaN);
  steps.flags.fill(FLAG.observed | FLAG.ready);
  for (let k = 0; k < count; k++) steps.index[k] = first + k;
  const places = Int32Array.from(step, (index) => index - first);
  places.forEach((k, i) => {
    steps.tau[k] = tau[i]!;
    steps.label[k + horizonSteps] = label[i] === 1 ? LABEL.spike : LABEL.calm;
    steps.horizonVolatility[k + horizonSteps] = ratio[i]! * tau[i]!;
  });
  return { steps, places };
}

/** A column of the rows by step; `NaN` elsewhere. */
export function byStep({ steps, places }: SeriesSteps, values: ArrayLike<number>): Float32Array {
  const all = new Float32Array(steps.count).fill(NaN);
  places.forEach((k, i) => (all[k] = values[i]!));
  return all;
}
