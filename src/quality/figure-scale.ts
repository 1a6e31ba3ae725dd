// The scales on which figures have a symmetric error.
import { exp, ln } from "../features/exact-math.ts";

/** `share` from 0 to 1, `positive` above 0, `skill` below 1, and a `difference` of either sign. */
export type FigureScale = "share" | "positive" | "skill" | "difference";

export interface Scale {
  /** Infinite at an end of the range. */
  readonly to: (x: number) => number;
  readonly from: (y: number) => number;
  /** The derivative of `to`. */
  readonly slope: (x: number) => number;
}

/** Logit, logarithm, −ln(1 − x) and the value itself. */
export const SCALES: Readonly<Record<FigureScale, Scale>> = {
  share: {
    to: (x) => logOf(x) - logOf(1 - x),
    from: (y) => 1 / (1 + exp(-y)),
    slope: (x) => 1 / (x * (1 - x)),
  },
  positive: { to: logOf, from: exp, slope: (x) => 1 / x },
  skill: { to: (x) => -logOf(1 - x), from: (y) => 1 - exp(-y), slope: (x) => 1 / (1 - x) },
  difference: { to: (x) => x, from: (y) => y, slope: () => 1 },
};

/** −∞ at 0. */
function logOf(x: number): number {
  return x > 0 ? ln(x) : -Infinity;
}
