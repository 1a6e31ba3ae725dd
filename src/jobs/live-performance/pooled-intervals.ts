// Intervals of figures over many symbols. Markets move together, so one block of time over all symbols is one
// observation: rows of the same block are summed, and blocks of time are resampled.
import type { Figure } from "../../model/manifest-evaluation.ts";
import { blockInterval, FIGURE_RANGES } from "../../quality/block-interval.ts";
import { BlockDraws, RowSampler, figuresOfRow, presentBlocks } from "../../quality/block-resampler.ts";
import { ROW_WIDTH, countsOfRows } from "../../quality/figure-row.ts";
import type { PooledPerformance } from "./pooled-performance.ts";
import type { BlockRows } from "../../quality/window-tables.ts";

type PooledFigure = "prAuc" | "lift" | "rocAuc" | "brier" | "ece";
const RESAMPLES = 200;

export interface PooledIntervals {
  /** Blocks of time in which any symbol has a resolved step. */
  readonly blocks: number;
  readonly figures: Readonly<Record<PooledFigure, Figure | null>>;
}

/**
 * 95 % intervals as a single symbol's windows have them, over the summed blocks; all `null` with fewer than two. A
 * symbol and its copy have the interval of one alone: the copy adds nothing. The draws are seeded by the end of the
 * newest block, so that the same data have the same answer.
 *
 * @param pooled the figures themselves, about which the draws are laid: those of the rows' score bins are less exact.
 */
export function poolIntervals(
  symbols: readonly BlockRows[],
  pooled: Pick<PooledPerformance, PooledFigure>,
): PooledIntervals {
  const { rows, endBlock } = sumOfBlocks(symbols);
  const counts = countsOfRows(rows);
  const blocks = presentBlocks(counts.rows).length;
  const sampler = new RowSampler(rows);
  const values = figuresOfRow(sampler.total());
  const drawn = sampler.figures(new BlockDraws(counts, RESAMPLES, endBlock));
  const interval = (name: PooledFigure): Figure | null => {
    const value = pooled[name];
    if (value === null) return null;
    const moved = drawn[name].map((x) => x + value - values[name]);
    return blockInterval(value, moved, blocks, FIGURE_RANGES[name]);
  };
  return {
    blocks,
    figures: {
      prAuc: interval("prAuc"),
      lift: interval("lift"),
      rocAuc: interval("rocAuc"),
      brier: interval("brier"),
      ece: interval("ece"),
    },
  };
}

/** One row per block of time from the first block of any symbol to the last; `endBlock` is the one after it. */
function sumOfBlocks(symbols: readonly BlockRows[]): { readonly rows: Float64Array; readonly endBlock: number } {
  const withRows = symbols.filter(({ rows }) => rows.length > 0);
  if (withRows.length === 0) return { rows: new Float64Array(0), endBlock: 0 };
  const first = Math.min(...withRows.map(({ firstBlock }) => firstBlock));
  const endBlock = Math.max(...withRows.map(({ firstBlock, rows }) => firstBlock + rows.length / ROW_WIDTH));
  const sum = new Float64Array((endBlock - first) * ROW_WIDTH);
  for (const { firstBlock, rows } of withRows) {
    const at = (firstBlock - first) * ROW_WIDTH;
    for (let j = 0; j < rows.length; j++) sum[at + j]! += rows[j]!;
  }
  return { rows: sum, endBlock };
}
