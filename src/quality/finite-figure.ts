// Which figures can be judged or drawn.
import type { Figure } from "../model/manifest-evaluation.ts";

/** The figure, or `null` when it is `null` or when it or an end of its interval is not a finite number. */
export function finiteFigure(figure: Figure | null | undefined): Figure | null {
  if (figure === null || figure === undefined) return null;
  return [figure.value, figure.low, figure.high].every(Number.isFinite) ? figure : null;
}
