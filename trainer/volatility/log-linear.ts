// Forecasts of the horizon's volatility that are linear in the logarithms of the row: EWMA, HAR, and all columns.
import { exp, ln } from "../../src/features/exact-math.ts";
import { ROWS } from "../../src/features/schema.ts";
import { HAR_COLUMNS } from "../candidates/har.ts";
import { columnStatistics } from "../rows/column-statistics.ts";
import type { Dataset } from "../rows/dataset.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import { innerFolds, judgingFolds } from "../folds/inner-folds.ts";
import { LinearScore } from "../score/linear-score.ts";
import { qlike } from "../evaluate/metrics/qlike.ts";
import type { Score } from "../score/score.ts";
import type { Split } from "../folds/split.ts";
import { standardise } from "../fit/standardised-logistic.ts";
import { fitQlikeRegression } from "./qlike-regression.ts";

/** Fits ln(volatility of the horizon / τ) on rows of the dataset. */
export interface Forecaster {
  readonly name: "ewma" | "har" | "regression";
  fit(data: Dataset, rows: Int32Array): Score;
}

/** The forecast is the EWMA of 60 steps times one fitted factor. */
export const EWMA: Forecaster = {
  name: "ewma",
  fit: (data, rows) => {
    const { features, columns, mean } = columnStatistics(data, "default-1", rows, new Set(["ewma_60_over_tau"]));
    const terms = { row: "default-1", features, columns, fill: mean, centre: features.map(() => 0) } as const;
    return scaled(
      data,
      rows,
      (bias) => new LinearScore({ ...terms, coefficient: features.map(() => 1), bias, dropped: [] }),
    );
  },
};

/** Corsi's three horizons, by returns and by ranges. */
export const HAR: Forecaster = { name: "har", fit: (data, rows) => regression(data, rows, 1e-6, HAR_COLUMNS) };

/** Tried for the regression, the strongest first. */
const STRENGTHS = [10, 1, 0.1, 0.01, 0.001] as const;

/** Every column of the row, the L2 strength chosen inside the rows by QLIKE. */
export const REGRESSION: Forecaster = {
  name: "regression",
  fit: (data, rows) => {
    const folds = judgingFolds(innerFolds(data, rows));
    const losses = STRENGTHS.map((strength) => heldOutQlike(data, folds, (part) => regression(data, part, strength)));
    const best = losses.reduce((b, loss, s) => (loss < losses[b]! ? s : b), 0);
    return regression(data, rows, STRENGTHS[best]!);
  },
};

/** EWMA, HAR or regression: the lowest QLIKE on the inner folds' held-out rows; EWMA without a usable inner fold. */
export function chooseForecaster(data: Dataset, rows: Int32Array): Forecaster {
  const folds = judgingFolds(innerFolds(data, rows));
  const losses = FORECASTERS.map((forecaster) => heldOutQlike(data, folds, (part) => forecaster.fit(data, part)));
  return FORECASTERS[losses.reduce((b, loss, f) => (loss < losses[b]! ? f : b), 0)]!;
}

/** QLIKE of each row's realised over forecast variance. */
export function forecastLosses(data: Dataset, rows: Int32Array, score: Score): Float64Array {
  const values = data.rows.values[score.row];
  const width = ROWS[score.row].length;
  return Float64Array.from(rows, (k) => {
    const ratio = data.rows.ratio[k]!;
    return qlike([ratio * ratio], [exp(2 * score.scoreRow(values, k * width))]);
  });
}

/** Mean over the held-out rows of all folds; `NaN` without one. */
function heldOutQlike(data: Dataset, folds: readonly Split[], fit: (rows: Int32Array) => Score): number {
  let sum = 0;
  let count = 0;
  for (const { train, test } of folds) {
    const weights = symbolWeights(data, test);
    sum += forecastLosses(data, test, fit(train)).reduce((a, b, i) => a + (weights?.[i] ?? 1) * b, 0);
    count += test.length;
  }
  return sum / count;
}

/** All forecasters, the simplest first. */
export const FORECASTERS: readonly Forecaster[] = [EWMA, HAR, REGRESSION];

function regression(data: Dataset, rows: Int32Array, strength: number, only?: ReadonlySet<string>): Score {
  const statistics = columnStatistics(data, "default-1", rows, only);
  const { features, columns, mean, deviation, dropped } = statistics;
  const x = standardise(data, "default-1", rows, statistics);
  const variances = Float64Array.from(rows, (k) => data.rows.ratio[k]! * data.rows.ratio[k]!);
  const { weights, intercept } = fitQlikeRegression(x, columns.length, variances, strength, symbolWeights(data, rows));
  const coefficient = deviation.map((d, j) => weights[j]! / (2 * d));
  const terms = { row: "default-1", features, columns, fill: mean, centre: mean, dropped } as const;
  return new LinearScore({ ...terms, coefficient, bias: intercept / 2 });
}

/** Sets the level: with it the mean of realised over forecast variance is 1 on the rows, which minimises QLIKE. */
function scaled(data: Dataset, rows: Int32Array, withBias: (bias: number) => Score): Score {
  const raw = withBias(0);
  const values = data.rows.values["default-1"];
  const width = ROWS["default-1"].length;
  let sum = 0;
  const weights = symbolWeights(data, rows);
  rows.forEach((k, i) => {
    const ratio = data.rows.ratio[k]!;
    sum += (weights?.[i] ?? 1) * ratio * ratio * exp(-2 * raw.scoreRow(values, k * width));
  });
  return withBias(ln(sum / rows.length) / 2);
}
