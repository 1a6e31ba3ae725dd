// Scores with their labels, and the held-out ones by inner fold: what calibrations are fitted and judged on.

/** Scores and labels (1 spike, 0 calm) of the same rows. */
export interface ScoredRows {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

/** One inner fold: the model of the rows before a block, and its scores. */
export interface FoldScores {
  /** Of the block, which the fold's model did not see. */
  readonly heldOut: ScoredRows;
  /** Stretch of time of each held-out row, as `assignBlocks` numbers them. */
  readonly blocks: Int32Array;
  /** Of rows that the fold's model was fitted on, evenly spaced where they are many. */
  readonly own: ScoredRows;
  /** How many rows the fold's model was fitted on. */
  readonly fittedRows: number;
}

/** All in one list, in their order. */
export function joinRows(parts: readonly ScoredRows[]): ScoredRows {
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const joined = { scores: new Float64Array(count), labels: new Uint8Array(count) };
  let at = 0;
  for (const { scores, labels } of parts) {
    joined.scores.set(scores, at);
    joined.labels.set(labels, at);
    at += labels.length;
  }
  return joined;
}

/** A straight line through log-odds: slope · score + intercept. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

export const IDENTITY: Line = { slope: 1, intercept: 0 };

/** The scores on the line. */
export function onLine({ slope, intercept }: Line, rows: ScoredRows): ScoredRows {
  return { scores: rows.scores.map((s) => slope * s + intercept), labels: rows.labels };
}
