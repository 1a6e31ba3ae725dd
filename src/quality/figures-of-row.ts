// Figures of one model from figure rows (figure-row.ts): sums over blocks.
import { averagePrecisionOfBins, rocAucOfBins } from "./bin-curves.ts";
import type { FigureName, FigureValues } from "./figure-intervals.ts";
import {
  CALM,
  LOGS,
  PROBABILITY_UNIT,
  RELIABILITY,
  ROW_WIDTH,
  SPIKE,
  SQUARES,
  VARIANCES,
  countsOfRow,
} from "./figure-row.ts";
import { RELIABILITY_BINS } from "./reliability-bin.ts";
import { SCORE_BINS } from "./score-bins.ts";

/** `NaN` for a figure that does not exist. */
export type FiguresOfRow = FigureValues & Readonly<Record<FigureName, number>>;

/** The figures of one figure row (figure-row.ts), usually a sum of several. */
export function figuresOfRow(row: Float64Array): FiguresOfRow {
  const { rows, positives } = countsOfRow(row, 0);
  const calm = row.subarray(CALM, CALM + SCORE_BINS);
  const spike = row.subarray(SPIKE, SPIKE + SCORE_BINS);
  const brier = row[SQUARES]! / rows;
  const base = positives / rows;
  const climatology = base * (1 - base);
  const gaps = new Float64Array(RELIABILITY_BINS);
  let absolute = 0;
  let sum = 0;
  for (let k = 0; k < RELIABILITY_BINS; k++) {
    const at = RELIABILITY + 3 * k;
    const probabilities = row[at + 2]! * PROBABILITY_UNIT;
    const gap = probabilities - row[at + 1]!;
    gaps[k] = gap / rows;
    absolute += Math.abs(gap);
    sum += probabilities;
  }
  const prAuc = averagePrecisionOfBins(calm, spike);
  return {
    prAuc,
    lift: prAuc / base,
    rocAuc: rocAucOfBins(calm, spike),
    brier,
    brierSkill: climatology > 0 ? 1 - brier / climatology : NaN,
    logLoss: row[LOGS]! / rows,
    ece: absolute / rows,
    baseRateGap: (positives - sum) / rows,
    brierGap: (row[SQUARES]! - row[VARIANCES]!) / rows,
    gaps,
  };
}

/** Sum of the figure rows of the blocks that are used. @param rows one figure row per block. */
export function sumOfRows(rows: Float64Array, use: (block: number) => boolean = () => true): Float64Array {
  const sum = new Float64Array(ROW_WIDTH);
  for (let block = 0; block * ROW_WIDTH < rows.length; block++) {
    if (!use(block)) continue;
    const at = block * ROW_WIDTH;
    for (let j = 0; j < ROW_WIDTH; j++) sum[j]! += rows[at + j]!;
  }
  return sum;
}
