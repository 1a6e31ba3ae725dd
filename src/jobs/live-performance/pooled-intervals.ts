// Intervals of figures over many symbols. Markets move together, so what all symbols did in one block of time is one
// observation: rows of the same block are added up, and blocks of time are drawn.
import type { Figure } from "../../model/manifest-evaluation.ts";
import { BlockDraws, type RowFigure, RowSampler, figuresOfRow, presentBlocks } from "../../quality/block-resampler.ts";
import { ROW_WIDTH, countsOfRow } from "../../quality/figure-row.ts";
import type { BlockRows } from "../../quality/live-quality.ts";
import { percentileInterval, widened, within } from "../../quality/percentile-interval.ts";

export { ROW_WIDTH, type BlockRows };

export interface PooledIntervals {
  /** Blocks of time in which any symbol has a resolved step. */
  readonly blocks: number;
  readonly figures: Readonly<Record<PooledFigure, Figure | null>>;
}

const RANGES = { prAuc: 1, lift: Infinity, rocAuc: 1, brier: 1, ece: 1 } as const;
type PooledFigure = keyof typeof RANGES & RowFigure;
const FIGURES = Object.keys(RANGES) as PooledFigure[];
const RESAMPLES = 200;

/**
 * 95 % intervals as a single symbol's windows have them, over the summed blocks; all `null` with fewer than two. A symbol
 * and its copy have the interval of one alone: the copy tells nothing new.
 * @param seed of the draws, as the window's end: the same question has the same answer.
 */
export function poolIntervals(symbols: readonly BlockRows[], seed: number): PooledIntervals {
  const rows = sumOfBlocks(symbols);
  const size = rows.length / ROW_WIDTH;
  const counts = { rows: new Int32Array(size), positives: new Int32Array(size) };
  for (let b = 0; b < size; b++) {
    const { rows: resolved, positives } = countsOfRow(rows, b * ROW_WIDTH);
    counts.rows[b] = resolved;
    counts.positives[b] = positives;
  }
  const blocks = presentBlocks(counts.rows).length;
  const draws = new BlockDraws(counts, RESAMPLES, seed);
  const sampler = new RowSampler(rows);
  const values = figuresOfRow(sampler.total());
  const drawn = sampler.figures(draws);
  const figure = (name: PooledFigure): Figure | null =>
    draws.enough && blocks >= 2
      ? within(widened(percentileInterval(values[name], drawn[name]), blocks), 0, RANGES[name])
      : null;
  const figures = Object.fromEntries(FIGURES.map((name) => [name, figure(name)]));
  return { blocks, figures: figures as Record<PooledFigure, Figure | null> };
}

function sumOfBlocks(symbols: readonly BlockRows[]): Float64Array {
  const withRows = symbols.filter(({ rows }) => rows.length > 0);
  if (withRows.length === 0) return new Float64Array(0);
  const first = Math.min(...withRows.map(({ firstBlock }) => firstBlock));
  const end = Math.max(...withRows.map(({ firstBlock, rows }) => firstBlock + rows.length / ROW_WIDTH));
  const sum = new Float64Array((end - first) * ROW_WIDTH);
  for (const { firstBlock, rows } of withRows) {
    const at = (firstBlock - first) * ROW_WIDTH;
    for (let j = 0; j < rows.length; j++) sum[at + j]! += rows[j]!;
  }
  return sum;
}
