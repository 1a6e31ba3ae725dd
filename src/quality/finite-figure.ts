// Filters figures that can be judged or plotted.
import type { Figure } from "../model/manifest-evaluation.ts";

/** The figure; `null` if it is missing or if the value or an end of its interval is not finite. */
export function finiteFigure(figure: Figure | null | undefined): Figure | null {
  if (figure === null || figure === undefined) return null;
  return [figure.value, figure.low, figure.high].every(Number.isFinite) ? figure : null;
}
