// Scores with their labels, and the held-out ones by inner fold: what calibrations are fitted and judged on.
import { equalWeights } from "../rows/symbol-weights.ts";

/**
 * Scores and labels (1 spike, 0 calm) of the same rows. Weights are not kept but made where they are used: those of a
 * part, or of several joined, are other ones.
 */
export interface ScoredRows {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  /** The number of each row's symbol where symbols count the same; absent where rows do. */
  readonly symbols?: Uint16Array | undefined;
}

/** How much each row counts, with a mean of 1 (`equalWeights`); `undefined`: 1 each. */
export function weightsOf({ symbols }: Pick<ScoredRows, "symbols">): Float64Array | undefined {
  return equalWeights(symbols);
}

/** One inner fold: the model of the rows before a block, and its scores. */
export interface FoldScores {
  /** Of the block, which the fold's model did not see. */
  readonly heldOut: ScoredRows;
  /** Stretch of time of each held-out row, as `assignBlocks` numbers them. */
  readonly blocks: Int32Array;
  /** Of rows that the fold's model was fitted on, a sample over all of their time where they are many. */
  readonly own: ScoredRows;
  /** How many rows the fold's model was fitted on. */
  readonly fittedRows: number;
}

/**
 * All in one list, in their order. Symbols are weighed over all of them together.
 * @throws RangeError when only some of them have symbols.
 */
export function joinRows(parts: readonly ScoredRows[]): ScoredRows {
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const weighed = parts.filter(({ symbols }) => symbols !== undefined).length;
  if (weighed > 0 && weighed < parts.length) {
    throw new RangeError(`symbols: got those of ${weighed} of ${parts.length} lists, expected those of all or of none`);
  }
  const symbols = weighed > 0 ? new Uint16Array(count) : undefined;
  const joined = { scores: new Float64Array(count), labels: new Uint8Array(count), symbols };
  let at = 0;
  for (const { scores, labels, symbols: own } of parts) {
    joined.scores.set(scores, at);
    joined.labels.set(labels, at);
    if (own !== undefined) symbols?.set(own, at);
    at += labels.length;
  }
  return joined;
}

/** Scores of the blocks that were held out before that of fold `k`, in one list; empty for the first fold. */
export function heldOutBefore(folds: readonly FoldScores[], k: number): ScoredRows {
  return joinRows(folds.slice(0, k).map(({ heldOut }) => heldOut));
}

/** A straight line through log-odds: slope · score + intercept. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

export const IDENTITY: Line = { slope: 1, intercept: 0 };

/** The scores on the line. */
export function onLine({ slope, intercept }: Line, rows: ScoredRows): ScoredRows {
  return { ...rows, scores: rows.scores.map((s) => slope * s + intercept) };
}
