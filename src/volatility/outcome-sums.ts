// Sums over steps whose horizon is over: from them come all figures of a volatility forecast and its quantiles.
import { exp, ln } from "../features/exact-math.ts";
import { LEVELS, SIGMA_LEVELS } from "./sigma-levels.ts";

/** Places in a row of sums. */
export const SUM = {
  /** Steps with a forecast, and their QLIKE. */
  labels: 0,
  qlike: 1,
  /** Steps with both baselines too, and the QLIKE of all three on them. */
  compared: 2,
  qlikeCompared: 3,
  qlikeEwma: 4,
  qlikeHar: 5,
  /** Steps with quantiles; then of the corrected and of the first ones: how often at most each, pinball, width. */
  quantiles: 6,
  corrected: 7,
  first: 7 + 2 * LEVELS + 1,
} as const;
/** Places of one kind of quantile from its first place on. */
export const OF_QUANTILES = { below: 0, pinball: LEVELS, width: 2 * LEVELS } as const;
export const SUM_WIDTH = SUM.first + 2 * LEVELS + 1;

/** QLIKE of a realised against a forecast volatility, from the difference of their logarithms. */
export function qlikeOfResidual(residual: number): number {
  return exp(2 * residual) - 2 * residual - 1;
}

/**
 * Adds a step's forecast.
 * @param residual ln(realised) − ln(forecast).
 * @param realised variance; @param ewma, har forecasts of it, `NaN` without one.
 */
export function addForecast(row: Float64Array, residual: number, realised: number, ewma: number, har: number): void {
  const loss = qlikeOfResidual(residual);
  row[SUM.labels]! += 1;
  row[SUM.qlike]! += loss;
  if (!(ewma > 0 && har > 0)) return;
  row[SUM.compared]! += 1;
  row[SUM.qlikeCompared]! += loss;
  row[SUM.qlikeEwma]! += realised / ewma - ln(realised / ewma) - 1;
  row[SUM.qlikeHar]! += realised / har - ln(realised / har) - 1;
}

/** Adds a step's quantiles of one kind, ascending. @param at `SUM.corrected` or `SUM.first`. */
export function addQuantiles(row: Float64Array, at: number, residual: number, offsets: ArrayLike<number>): void {
  for (let level = 0; level < LEVELS; level++) {
    const distance = residual - offsets[level]!;
    const isBelow = distance <= 0;
    if (isBelow) row[at + OF_QUANTILES.below + level]! += 1;
    row[at + OF_QUANTILES.pinball + level]! += (SIGMA_LEVELS[level]! - (isBelow ? 1 : 0)) * distance;
  }
  row[at + OF_QUANTILES.width]! += offsets[LEVELS - 1]! - offsets[0]!;
}
