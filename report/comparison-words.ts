// What the interval of a difference shows, in words.
import type { Figure } from "../src/model/manifest-evaluation.ts";

export type ComparisonWords = "better" | "worse" | "not shown to differ";

/** The direction in which a difference is better. */
export type Better = "higher" | "lower";

/**
 * `better`, `worse`, or `not shown to differ` when the interval includes `reference`, its ends counted:
 * comparisonWords({ value: 0.04, low: 0, high: 0.1 }, "higher") is `not shown to differ`.
 * @param reference value of no difference: 0 for differences, 1 for lift.
 */
export function comparisonWords(figure: Figure, better: Better, reference = 0): ComparisonWords {
  if (figure.low > reference) return better === "higher" ? "better" : "worse";
  if (figure.high < reference) return better === "higher" ? "worse" : "better";
  return "not shown to differ";
}
