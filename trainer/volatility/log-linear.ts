// Forecasts of the horizon's volatility that are linear in the logarithms of the row: EWMA, HAR, and all columns.
import { harForecastColumns } from "../candidates/har.ts";
import { MAX_ITERATIONS } from "../fit/newton.ts";
import { fitQlikeRegression, type QlikeFit } from "./qlike-regression.ts";
import { standardise } from "../fit/standardised-logistic.ts";
import { innerFolds, judgingFolds } from "../folds/inner-folds.ts";
import { columnStatistics } from "../rows/column-statistics.ts";
import { thinned } from "../rows/stretch-sample.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import { LinearScore } from "../score/linear-score.ts";
import type { Score } from "../score/score.ts";
import { boundedForecast, type ForecastContext, type Forecaster, summedQlike } from "./forecaster.ts";
import { type RowName, ROWS } from "../../src/features/schema.ts";

/**
 * Names of the row's columns that are ln of an EWMA's volatility less ln τ, by whatever measure and half-life. Their
 * formulas say so and not their names: a mean return over τ is signed and no logarithm, and own columns have any name.
 */
export function ewmaForecastColumns(row: RowName): string[] {
  return ROWS[row].flatMap(({ name, formula, relation }) =>
    relation === "minus-ln" && formula.includes("EWMA_") ? [name] : [],
  );
}

/** The forecast is one EWMA times a fitted factor: of the row's EWMA columns the one with the lowest training QLIKE. */
export const EWMA: Forecaster = {
  name: "ewma",
  fit: ({ data, row }, rows) => {
    const judged = thinned(rows, CHOOSING_ROWS);
    const tried = ewmaForecastColumns(row).flatMap((name) => {
      const { features, columns, mean, dropped } = columnStatistics(data, row, rows, new Set([name]));
      if (features.length === 0) return [];
      const terms = { row, features, columns, fill: mean, centre: [0], coefficient: [1], bias: 0, dropped };
      const score = boundedForecast(data, rows, new LinearScore(terms));
      return [{ score, loss: summedQlike(data, judged, score) }];
    });
    if (tried.length === 0) throw new RangeError(`row: got ${row}, expected one with a usable EWMA over τ`);
    return tried.reduce((best, other) => (other.loss < best.loss ? other : best)).score;
  },
};

/** Corsi's three horizons, by returns and by ranges. */
export const HAR: Forecaster = {
  name: "har",
  fit: (context, rows) => regression("har", context, rows, { strength: 1e-6, only: harForecastColumns(context.row) }),
};

/** Tried for the regression, the strongest first. */
const STRENGTHS = [10, 1, 0.1, 0.01, 0.001] as const;
/** Most rows that a setting is tried on: beyond that many, all weak strengths give the same. */
const CHOOSING_ROWS = 100_000;

/** Every column of the row, the L2 strength chosen inside the rows by QLIKE. */
export const REGRESSION: Forecaster = {
  name: "regression",
  fit: (context, rows) => {
    const losses = new Float64Array(STRENGTHS.length);
    for (const { train, test } of judgingFolds(innerFolds(context.data, rows))) {
      const problem = designOf(context, thinned(train, CHOOSING_ROWS));
      let start: QlikeFit | undefined;
      STRENGTHS.forEach((strength, s) => {
        start = fitDesign(problem, strength, start);
        const score = boundedForecast(context.data, problem.rows, scoreOf(problem, start));
        losses[s]! += summedQlike(context.data, thinned(test, CHOOSING_ROWS), score);
      });
    }
    const best = losses.reduce((b, loss, s) => (loss < losses[b]! ? s : b), 0);
    return regression("regression", context, rows, { strength: STRENGTHS[best]! });
  },
};

interface RegressionTerms {
  readonly strength: number;
  /** Names of the columns to use; absent: all. */
  readonly only?: ReadonlySet<string>;
}

function regression(
  name: Forecaster["name"],
  context: ForecastContext,
  rows: Int32Array,
  { strength, only }: RegressionTerms,
): Score {
  const problem = designOf(context, rows, only);
  const fit = fitDesign(problem, strength);
  if (!fit.atMinimum) {
    const iterations = `${fit.iterations} of at most ${MAX_ITERATIONS} iterations`;
    context.notes?.push(`volatility by ${name}: on ${rows.length} rows not at the minimum after ${iterations}`);
  }
  return boundedForecast(context.data, rows, scoreOf(problem, fit));
}

function designOf({ data, row }: ForecastContext, rows: Int32Array, only?: ReadonlySet<string>) {
  const statistics = columnStatistics(data, row, rows, only);
  const variances = Float64Array.from(rows, (k) => data.rows.ratio[k]! * data.rows.ratio[k]!);
  const weights = symbolWeights(data, rows);
  return { row, rows, statistics, x: standardise(data, row, rows, statistics), variances, weights };
}

type LinearDesign = ReturnType<typeof designOf>;

function fitDesign({ x, statistics, variances, weights }: LinearDesign, strength: number, start?: QlikeFit): QlikeFit {
  return fitQlikeRegression(x, statistics.columns.length, variances, strength, { weights, start });
}

/** Of ln σ, which is half of ln σ². */
function scoreOf({ row, statistics }: LinearDesign, { weights, intercept }: QlikeFit): LinearScore {
  const { features, columns, mean, deviation, dropped } = statistics;
  const coefficient = deviation.map((d, j) => weights[j]! / (2 * d));
  return new LinearScore({
    row,
    features,
    columns,
    fill: mean,
    centre: mean,
    dropped,
    coefficient,
    bias: intercept / 2,
  });
}
