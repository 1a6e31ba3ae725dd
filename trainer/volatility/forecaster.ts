// What forecasts of the horizon's volatility have in common: how they are judged, and that none can blow up.
import { exp, ln } from "../../src/features/exact-math.ts";
import type { FitContext } from "../candidates/candidate.ts";
import { qlikeOf } from "../evaluate/metrics/qlike.ts";
import type { Dataset } from "../rows/dataset.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import { ClippedScore } from "../score/clipped-score.ts";
import type { Score } from "../score/score.ts";
import { scoresOfRows } from "../score/scores-of-rows.ts";

/** The dataset, the row that forecasters take, and what trees are grown with. */
export interface ForecastContext extends Pick<FitContext, "data" | "row" | "seed" | "threads"> {
  /** Gets what the person who trains should know of the fits made so far; absent: nobody asks. */
  readonly notes?: string[];
}

/** Fits ln(volatility of the horizon / τ) on rows of the dataset. */
export interface Forecaster {
  readonly name: "ewma" | "har" | "regression" | "gamma";
  fit(context: ForecastContext, rows: Int32Array): Score;
}

/** Share of the training rows' own forecasts that lies below the lowest, and above the highest forecast allowed. */
const CLIPPED_SHARE = 0.001;

/**
 * The forecast held inside the range of the training rows' own forecasts, but for a thousandth at each end, and then
 * scaled so that the mean of realised over forecast variance, by symbols where these count the same, is 1 on them,
 * which minimises QLIKE. A row far outside the training range can therefore not make a variance near 0, which alone
 * would spoil the mean QLIKE of a year.
 */
export function boundedForecast(data: Dataset, rows: Int32Array, inner: Score): Score {
  const forecasts = scoresOfRows(data, rows, inner);
  const sorted = forecasts.slice().sort();
  const place = Math.floor(CLIPPED_SHARE * (rows.length - 1));
  const low = sorted[place]!;
  const high = sorted[rows.length - 1 - place]!;
  const weights = symbolWeights(data, rows);
  let sum = 0;
  rows.forEach((k, i) => {
    const ratio = data.rows.ratio[k]!;
    sum += (weights?.[i] ?? 1) * ratio * ratio * exp(-2 * Math.min(Math.max(forecasts[i]!, low), high));
  });
  return new ClippedScore(inner, { low, high, shift: ln(sum / rows.length) / 2 });
}

/** QLIKE of each row's realised over forecast variance. */
export function forecastLosses(data: Dataset, rows: Int32Array, score: Score): Float64Array {
  const forecasts = scoresOfRows(data, rows, score);
  return Float64Array.from(rows, (k, i) => {
    const ratio = data.rows.ratio[k]!;
    return qlikeOf(ratio * ratio, exp(2 * forecasts[i]!));
  });
}

/** Sum of the rows' QLIKE, each weighed by its symbol: what forecasters are chosen by. */
export function summedQlike(data: Dataset, rows: Int32Array, score: Score): number {
  const weights = symbolWeights(data, rows);
  return forecastLosses(data, rows, score).reduce((sum, loss, i) => sum + (weights?.[i] ?? 1) * loss, 0);
}

/** A forecast fitted on a fold, and the fold's held-out rows. */
export interface HeldOutForecast {
  readonly score: Score;
  readonly test: Int32Array;
}

/** Mean over the held-out rows of all folds; `NaN` without one. */
export function heldOutQlike(data: Dataset, fits: readonly HeldOutForecast[]): number {
  let sum = 0;
  let count = 0;
  for (const { score, test } of fits) {
    sum += summedQlike(data, test, score);
    count += test.length;
  }
  return sum / count;
}
