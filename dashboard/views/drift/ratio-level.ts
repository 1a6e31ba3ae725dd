// How far a feature is from the training data, in steps: its distance over its own threshold.

export interface RatioLevel {
  /** Sets its colour. */
  readonly className: string;
  /** Ratios from this one on. */
  readonly from: number;
  readonly words: string;
}

/** From 1 on a feature has drifted. */
export const RATIO_LEVELS: readonly RatioLevel[] = [
  { className: "ratio-0", from: 0, words: "below 0.5" },
  { className: "ratio-1", from: 0.5, words: "0.5 to 0.8" },
  { className: "ratio-2", from: 0.8, words: "0.8 to 1" },
  { className: "ratio-3", from: 1, words: "1 to 1.5: drifted" },
  { className: "ratio-4", from: 1.5, words: "1.5 to 2.5" },
  { className: "ratio-5", from: 2.5, words: "2.5 and more" },
];

/** The place of a ratio's level: 0.9 is in level 2, 1 in level 3. */
export function ratioLevel(ratio: number): number {
  return RATIO_LEVELS.findLastIndex(({ from }) => ratio >= from);
}
