// A window's rows with the model's scores by rank: columns that follow the scores of the window, for its resamples.
import { CALM, ROW_WIDTH, SPIKE } from "./figure-row.ts";
import type { BlockLevel } from "./level-curves.ts";
import { SCORE_BINS } from "./score-bins.ts";
import { levelGroups } from "./score-level.ts";

/**
 * A copy of a window's rows in which the columns of score bins are 128 groups of score levels, ascending.
 * @param levels of all blocks, ascending.
 */
export function rankedRows(rows: Float64Array, levels: readonly BlockLevel[]): Float64Array {
  const ranked = rows.slice();
  for (let at = 0; at < ranked.length; at += ROW_WIDTH) ranked.fill(0, at + CALM, at + SPIKE + SCORE_BINS);
  const groups = levelGroups(levels, SCORE_BINS);
  levels.forEach(({ block, calm, spike }, i) => {
    const column = block * ROW_WIDTH + SCORE_BINS - 1 - groups[i]!;
    ranked[column + CALM]! += calm;
    ranked[column + SPIKE]! += spike;
  });
  return ranked;
}
