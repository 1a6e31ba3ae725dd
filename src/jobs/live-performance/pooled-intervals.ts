// Intervals of figures over many symbols. Markets move together, so one block of time over all symbols is one
// observation: rows of the same block are summed, and a jackknife leaves out groups of blocks of time.
import type { Figure } from "../../model/manifest-evaluation.ts";
import { blockGroups, presentBlocks } from "../../quality/block-groups.ts";
import { figureInterval } from "../../quality/figure-intervals.ts";
import { figuresOfRow, sumOfRows } from "../../quality/figures-of-row.ts";
import { ROW_WIDTH, countsOfRows } from "../../quality/figure-row.ts";
import type { PooledPerformance } from "./pooled-performance.ts";
import type { BlockRows } from "../../quality/window-tables.ts";

type PooledFigure = "prAuc" | "lift" | "rocAuc" | "brier" | "ece";

export interface PooledIntervals {
  /** Blocks of time in which any symbol has a resolved step. */
  readonly blocks: number;
  readonly figures: Readonly<Record<PooledFigure, Figure | null>>;
}

/**
 * 95 % intervals as a single symbol's windows have them, over the summed blocks; all `null` with spikes in fewer than
 * two groups of blocks. A symbol and its copy have the interval of one alone: the copy adds nothing.
 *
 * @param pooled the figures themselves, about which the intervals are laid: those of the rows' score bins are less
 * exact.
 */
export function poolIntervals(
  symbols: readonly BlockRows[],
  pooled: Pick<PooledPerformance, PooledFigure>,
): PooledIntervals {
  const rows = sumOfBlocks(symbols);
  const counts = countsOfRows(rows);
  const blocks = presentBlocks(counts.rows).length;
  const { groupOf, hasSpike } = blockGroups(counts);
  const binned = figuresOfRow(sumOfRows(rows));
  const without = Array.from(hasSpike, (_, group) =>
    figuresOfRow(sumOfRows(rows, (block) => groupOf[block]! >= 0 && groupOf[block] !== group)),
  );
  const interval = (name: PooledFigure): Figure | null => {
    const value = pooled[name];
    if (value === null) return null;
    const moved = (figure: number): number => figure + value - binned[name];
    return figureInterval(name, {
      whole: { gaps: binned.gaps, [name]: value },
      without: without.map((one) => ({ gaps: one.gaps, [name]: moved(one[name]) })),
      hasSpike,
    });
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

/** One row per block of time from the first block of any symbol to the last. */
function sumOfBlocks(symbols: readonly BlockRows[]): Float64Array {
  const withRows = symbols.filter(({ rows }) => rows.length > 0);
  if (withRows.length === 0) return new Float64Array(0);
  const first = Math.min(...withRows.map(({ firstBlock }) => firstBlock));
  const endBlock = Math.max(...withRows.map(({ firstBlock, rows }) => firstBlock + rows.length / ROW_WIDTH));
  const sum = new Float64Array((endBlock - first) * ROW_WIDTH);
  for (const { firstBlock, rows } of withRows) {
    const at = (firstBlock - first) * ROW_WIDTH;
    for (let j = 0; j < rows.length; j++) sum[at + j]! += rows[j]!;
  }
  return sum;
}
