// Resamples a window's blocks and computes a model's figures on each resample.
import { averagePrecisionOfBins, rocAucOfBins } from "./bin-curves.ts";
import { type BlockCounts, drawBlocks } from "./draw-blocks.ts";
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
import { SCORE_BINS } from "./score-bins.ts";
import { SeededRandom } from "../features/seeded-random.ts";

const ROW_FIGURES = [
  "prAuc",
  "lift",
  "rocAuc",
  "brier",
  "brierSkill",
  "logLoss",
  "ece",
  "baseRateGap",
  "brierGap",
] as const;
export type RowFigure = (typeof ROW_FIGURES)[number];
/** `NaN` for a figure that does not exist. */
export type FiguresOfRow = Readonly<Record<RowFigure, number>>;

/** The figures of one figure row (figure-row.ts), usually a sum of several. */
export function figuresOfRow(row: Float64Array): FiguresOfRow {
  const { rows, positives } = countsOfRow(row, 0);
  const calm = row.subarray(CALM, CALM + SCORE_BINS);
  const spike = row.subarray(SPIKE, SPIKE + SCORE_BINS);
  const brier = row[SQUARES]! / rows;
  const base = positives / rows;
  const climatology = base * (1 - base);
  let gaps = 0;
  let sum = 0;
  for (let j = RELIABILITY; j < ROW_WIDTH; j += 3) {
    const probabilities = row[j + 2]! * PROBABILITY_UNIT;
    gaps += Math.abs(probabilities - row[j + 1]!);
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
    ece: gaps / rows,
    baseRateGap: (positives - sum) / rows,
    brierGap: (row[SQUARES]! - row[VARIANCES]!) / rows,
  };
}

/** Draws of blocks, the same for every model of a window. */
export class BlockDraws {
  /**
   * Per draw, how often each block was taken. Empty with fewer than two blocks with rows, and if fewer than half of the
   * draws had both outcomes although the window has both.
   */
  readonly times: readonly Int32Array[];

  constructor(counts: BlockCounts, resamples: number, seed: number) {
    const present = presentBlocks(counts.rows);
    const inner: BlockCounts = {
      rows: Int32Array.from(present, (b) => counts.rows[b]!),
      positives: Int32Array.from(present, (b) => counts.positives[b]!),
    };
    const random = new SeededRandom(seed);
    const drawn = new Int32Array(present.length);
    const kept: Int32Array[] = [];
    for (let r = 0; present.length >= 2 && r < resamples; r++) {
      if (!drawBlocks(random, inner, drawn)) continue;
      const times = new Int32Array(counts.rows.length);
      present.forEach((b, i) => (times[b] = drawn[i]!));
      kept.push(times);
    }
    this.times = kept.length >= resamples / 2 ? kept : [];
  }
}

/** Blocks with a row. */
export function presentBlocks(rows: Int32Array): number[] {
  return Array.from(rows.keys()).filter((b) => rows[b]! > 0);
}

/** Sums one model's rows for each draw; skips columns that are 0 throughout. */
export class RowSampler {
  private readonly columns: number[] = [];
  private readonly values: Float64Array;
  private readonly sum = new Float64Array(ROW_WIDTH);

  /** @param rows one figure row per block; @param use whether a block is used at all. */
  constructor(rows: Float64Array, use: (block: number) => boolean = () => true) {
    const blocks = rows.length / ROW_WIDTH;
    const sums = new Float64Array(ROW_WIDTH);
    const used = Array.from({ length: blocks }, (_, b) => b).filter(use);
    for (const b of used) for (let j = 0; j < ROW_WIDTH; j++) sums[j]! += rows[b * ROW_WIDTH + j]!;
    for (let j = 0; j < ROW_WIDTH; j++) if (sums[j] !== 0) this.columns.push(j);
    const width = this.columns.length;
    this.values = new Float64Array(blocks * width);
    for (const b of used) {
      for (let c = 0; c < width; c++) this.values[b * width + c] = rows[b * ROW_WIDTH + this.columns[c]!]!;
    }
  }

  /** The sum with each block taken `times` often, or once without `times`. Reused: the next call overwrites it. */
  total(times?: Int32Array): Float64Array {
    const { columns, values, sum } = this;
    const width = columns.length;
    const packed = new Float64Array(width);
    for (let at = 0, b = 0; at < values.length; at += width, b++) {
      const weight = times === undefined ? 1 : times[b]!;
      if (weight === 0) continue;
      for (let c = 0; c < width; c++) packed[c]! += weight * values[at + c]!;
    }
    for (let c = 0; c < width; c++) sum[columns[c]!] = packed[c]!;
    return sum;
  }

  /** Figures of every draw, by name. */
  figures({ times }: BlockDraws): Record<RowFigure, Float64Array> {
    const drawn = Object.fromEntries(ROW_FIGURES.map((name) => [name, new Float64Array(times.length)]));
    times.forEach((one, r) => {
      const figures = figuresOfRow(this.total(one));
      for (const name of ROW_FIGURES) drawn[name]![r] = figures[name];
    });
    return drawn as Record<RowFigure, Float64Array>;
  }
}
