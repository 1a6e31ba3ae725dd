// The 95 % interval of a figure over resampled blocks: one rule for live windows, sums over symbols and the trainer.
import type { Figure } from "../model/manifest-evaluation.ts";
import { percentileInterval, widened, within } from "./percentile-interval.ts";

export type Range = readonly [low: number, high: number];

const SHARE: Range = [0, 1];
const NOT_NEGATIVE: Range = [0, Infinity];
const UNBOUNDED: Range = [-Infinity, Infinity];

/** The range of each figure. A difference of two shares lies in [−1, 1]. */
export const FIGURE_RANGES = {
  prAuc: SHARE,
  lift: NOT_NEGATIVE,
  rocAuc: SHARE,
  brier: SHARE,
  brierSkill: [-Infinity, 1],
  logLoss: NOT_NEGATIVE,
  ece: SHARE,
  precision: SHARE,
  recall: SHARE,
  f1: SHARE,
  alertRate: SHARE,
  baseRateGap: [-1, 1],
  brierGap: [-1, 1],
} as const satisfies Readonly<Record<string, Range>>;

/**
 * The value with its percentile interval, widened for few blocks and kept inside the figure's range.
 *
 * @param drawn the figure on each resample, `NaN` if it does not exist there; empty if no resample was usable.
 * @param blocks number of blocks that the resamples are drawn from.
 * @returns `null` with fewer than two blocks, for a `NaN` value, and if fewer than half of the resamples have the
 * figure.
 */
export function blockInterval(
  value: number,
  drawn: Float64Array,
  blocks: number,
  [low, high]: Range = UNBOUNDED,
): Figure | null {
  if (blocks < 2) return null;
  return within(widened(percentileInterval(value, drawn), blocks), low, high);
}
