// A window's rows with the model's scores by rank: columns that follow the scores of the window, for its resamples.
import { CALM, ROW_WIDTH, SPIKE } from "./figure-row.ts";
import { SCORE_BINS } from "./score-bins.ts";
import { levelGroups } from "./score-levels.ts";
import type { SeriesTable } from "./window-tables.ts";
import { placedLevels, type PlacedLevel, sortedLevels } from "./level-curves.ts";

/** A copy of the table's rows in which the columns of score bins are 128 groups of score levels, ascending. */
export function rankedRows({ rows, levels }: Pick<SeriesTable, "rows" | "levels">): Float64Array {
  const ranked = rows.slice();
  const owned: (PlacedLevel & { readonly block: number })[] = [];
  levels.forEach((ofBlock, block) => {
    ranked.fill(0, block * ROW_WIDTH + CALM, block * ROW_WIDTH + SPIKE + SCORE_BINS);
    for (const level of placedLevels([ofBlock])) owned.push({ ...level, block });
  });
  const ascending = sortedLevels(owned);
  const groups = levelGroups(ascending, SCORE_BINS);
  ascending.forEach(({ block, calm, spike }, i) => {
    const column = block * ROW_WIDTH + SCORE_BINS - 1 - groups[i]!;
    ranked[column + CALM]! += calm;
    ranked[column + SPIKE]! += spike;
  });
  return ranked;
}
