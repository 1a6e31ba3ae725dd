// Figures of ranks from score levels in place of those from the columns of a row.
import type { FiguresOfRow, RowFigure } from "./block-resampler.ts";
import { figuresOfLevels } from "./level-curves.ts";
import type { ScoreLevel } from "./score-level.ts";

const RANK_FIGURES = ["prAuc", "lift", "rocAuc"] as const;

/**
 * The figures of a row with PR-AUC, lift and ROC-AUC from the score levels of the same steps.
 * @param levels ascending.
 */
export function exactFigures(levels: readonly ScoreLevel[], ofRow: FiguresOfRow): FiguresOfRow {
  return { ...ofRow, ...figuresOfLevels(levels) };
}

/** Draws of the row's columns, moved by what the columns are off, so that they lie about the exact value. */
export function shiftedDraws(
  drawn: Record<RowFigure, Float64Array>,
  exact: FiguresOfRow,
  ofRow: FiguresOfRow,
): Record<RowFigure, Float64Array> {
  const shifted = { ...drawn };
  for (const name of RANK_FIGURES) shifted[name] = drawn[name].map((x) => x + exact[name] - ofRow[name]);
  return shifted;
}
