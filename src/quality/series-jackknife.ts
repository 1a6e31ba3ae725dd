// A model's figures over a window's blocks, and without each group of them.
import type { BlockGroups } from "./block-groups.ts";
import { exactFigures } from "./exact-figures.ts";
import type { Jackknife } from "./figure-intervals.ts";
import { figuresOfRow, sumOfRows } from "./figures-of-row.ts";
import { placedLevels } from "./level-curves.ts";
import type { SeriesTable } from "./window-tables.ts";

/**
 * Blocks that are in no group are not used. Ranks are those of the score levels, without each group as on the whole.
 */
export function seriesJackknife(
  { rows, levels }: Pick<SeriesTable, "rows" | "levels">,
  { groupOf, hasSpike }: BlockGroups,
): Jackknife {
  const placed = placedLevels(levels.map((ofBlock, block) => (groupOf[block]! >= 0 ? ofBlock : [])));
  const figuresWithout = (group: number) =>
    exactFigures(
      placed.filter(({ block }) => groupOf[block] !== group),
      figuresOfRow(sumOfRows(rows, (block) => groupOf[block]! >= 0 && groupOf[block] !== group)),
    );
  return { whole: figuresWithout(-1), without: Array.from(hasSpike, (_, group) => figuresWithout(group)), hasSpike };
}
