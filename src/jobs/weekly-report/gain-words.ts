// What a paired gain shows in the weekly report.
import type { Figure } from "../../model/manifest-evaluation.ts";
import { comparisonWords, type ComparisonWords } from "../../../report/comparison-words.ts";

/** Fewer blocks than these decide nothing: intervals from 8 on were measured to cover 93 % of what they should. */
const MIN_BLOCKS = 8;

export type GainWords = ComparisonWords | "too few blocks to say" | "not compared";

/** The interval must lie wholly on one side of 0, and stand on 8 blocks. */
export function gainWords(gain: Figure | null, blocks: number): GainWords {
  if (gain === null) return "not compared";
  return blocks < MIN_BLOCKS ? "too few blocks to say" : comparisonWords(gain, "higher");
}
