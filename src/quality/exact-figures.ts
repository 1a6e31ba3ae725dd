// Figures of ranks from score levels in place of those from the columns of a row.
import type { FiguresOfRow } from "./figures-of-row.ts";
import { figuresOfLevels } from "./level-curves.ts";
import type { ScoreLevel } from "./score-level.ts";

/**
 * The figures of a row with PR-AUC, lift and ROC-AUC from the score levels of the same steps.
 * @param levels ascending.
 */
export function exactFigures(levels: readonly ScoreLevel[], ofRow: FiguresOfRow): FiguresOfRow {
  return { ...ofRow, ...figuresOfLevels(levels) };
}
