// Running moments of the means of consecutive groups of gains: what the length of groups and the stake are chosen from.
import { fields, finiteNumber, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";

/** Gains of a group. */
export const GROUP_LENGTHS = [1, 2, 4, 8] as const;

export const groupMomentsSchema = fields({
  groups: wholeNumber(0),
  sum: finiteNumber(),
  squares: finiteNumber(0),
  /** Σ of each group's mean times the one before. */
  products: finiteNumber(),
  last: finiteNumber(-1, 1),
  /** The group that is not full. */
  filled: wholeNumber(0, 7),
  filledSum: finiteNumber(),
});

/** Sums over full groups. */
export type GroupMoments = Parsed<typeof groupMomentsSchema>;

export const NO_GROUPS: GroupMoments = {
  ...{ groups: 0, sum: 0, squares: 0, products: 0, last: 0, filled: 0, filledSum: 0 },
};

/**
 * The moments with one more gain.
 *
 * Example: groups of 2 after the gains 0.1, 0.3, 0.5: one group, of mean 0.2, and 0.5 in the next.
 */
export function withGain(moments: GroupMoments, length: number, gain: number): GroupMoments {
  const [filled, filledSum] = [moments.filled + 1, moments.filledSum + gain];
  if (filled < length) return { ...moments, filled, filledSum };
  const mean = filledSum / length;
  return {
    groups: moments.groups + 1,
    sum: moments.sum + mean,
    squares: moments.squares + mean * mean,
    // Before the first group `last` is 0.
    products: moments.products + mean * moments.last,
    last: mean,
    filled: 0,
    filledSum: 0,
  };
}
