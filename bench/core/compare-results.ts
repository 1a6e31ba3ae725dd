// What the figures of two checkouts, measured in turn, say of each other. Pure.
import type { BenchResult, Figure } from "./result.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** One quantity of the second checkout over that of the first, round by round. */
export interface Comparison extends Spread {
  readonly case: string;
  readonly way: string;
  readonly measure: string;
  readonly better: "more" | "less";
  /** One a round. */
  readonly ratios: readonly number[];
  readonly verdict: Verdict;
}

export type Verdict = "better" | "worse" | "no difference shown" | "too few rounds";

/**
 * Rounds from which ratios on one side of 1 mean something: were there no difference, each would be above 1 as often as
 * below, and all six would be on one side with a probability of 2 / 2^6, 3 %.
 */
export const LEAST_ROUNDS = 6;

/**
 * The second checkout of a result beside the first.
 * @throws RangeError for a result that has not two checkouts.
 */
export function compareCheckouts({ checkouts, figures }: Pick<BenchResult, "checkouts" | "figures">): Comparison[] {
  const [first, second] = checkouts;
  if (first === undefined || second === undefined || checkouts.length > 2) {
    throw new RangeError(`checkouts: got ${checkouts.length}, expected 2`);
  }
  return figures
    .filter(({ checkout }) => checkout === second.name)
    .flatMap((figure) => {
      const other = figures.find((one) => one.checkout === first.name && isSameQuantity(one, figure));
      return other === undefined ? [] : compareFigures(other, figure);
    });
}

/** Empty where a value of the first is 0: there is no ratio to it. */
function compareFigures(first: Figure, second: Figure): Comparison[] {
  const ratios = second.values.map((value, round) => value / first.values[round]!);
  if (!ratios.every(Number.isFinite)) return [];
  const { case: label, way, measure, better } = second;
  return [
    { ...{ case: label, way, measure, better, ratios }, ...spreadOf(ratios), verdict: verdictOf(ratios, better) },
  ];
}

/** Example: of 1.1, 1.2, 1.1, 1.3, 1.1 and 1.1 it is `better` where more is; of the first five `too few rounds`. */
export function verdictOf(ratios: readonly number[], better: "more" | "less"): Verdict {
  if (ratios.length < LEAST_ROUNDS) return "too few rounds";
  if (ratios.every((ratio) => ratio > 1)) return better === "more" ? "better" : "worse";
  if (ratios.every((ratio) => ratio < 1)) return better === "more" ? "worse" : "better";
  return "no difference shown";
}

function isSameQuantity(one: Figure, other: Figure): boolean {
  return one.case === other.case && one.way === other.way && one.measure === other.measure;
}
