// A model's figures over a window's blocks, and without each group of them.
import type { BlockGroups } from "./block-groups.ts";
import type { Jackknife } from "./figure-intervals.ts";
import { figuresOfRow, sumOfRows } from "./figures-of-row.ts";
import { type BlockLevel, LevelCurves } from "./level-curves.ts";

/**
 * PR-AUC, lift and ROC-AUC from the score levels, without each group as on the whole; the rest from sums.
 * @param rows one figure row per block; @param levels of the blocks that are in a group, ascending.
 */
export function seriesJackknife(
  rows: Float64Array,
  levels: readonly BlockLevel[],
  { groupOf, hasSpike }: BlockGroups,
): Jackknife {
  const curves = new LevelCurves(levels, (place) => groupOf[levels[place]!.block]!);
  const figures = (without: number) => ({
    ...figuresOfRow(sumOfRows(rows, (block) => groupOf[block]! >= 0 && groupOf[block] !== without)),
    ...curves.figures(without),
  });
  return { whole: figures(-1), without: Array.from(hasSpike, (_, group) => figures(group)), hasSpike };
}
