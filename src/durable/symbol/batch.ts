// A batch of one symbol's ticks, and its outcome.
import { type BatchCounts, VERDICT } from "../../features/event-grid.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import type { HeldVerdict } from "./archive/archive-ticks.ts";

export interface Batch {
  /** Packed ticks, at least one. */
  readonly rows: Float64Array;
  readonly producer: string | null;
  readonly producerSeq: number | null;
}

export interface BatchOutcome extends Readonly<BatchCounts> {
  /** Rows of this batch that are outliers. */
  readonly outlierRows: readonly number[];
}

/** @param verdicts `VERDICT` of each tick; `undefined` when all were accepted. */
export function outcomeOf(counts: Readonly<BatchCounts>, verdicts: Uint8Array | undefined): BatchOutcome {
  const outlierRows: number[] = [];
  verdicts?.forEach((verdict, row) => {
    if (verdict === VERDICT.outlier) outlierRows.push(row);
  });
  return { ...counts, outlierRows };
}

/** A batch's verdict on a tick held since an earlier batch. */
export function heldVerdictOf({ released, givenUp }: Readonly<BatchCounts>): HeldVerdict | null {
  if (released > 0) return VERDICT.accepted;
  return givenUp > 0 ? VERDICT.outlier : null;
}

/** The time of a batch's newest tick, ms. */
export function lastTsMsOf(rows: Float64Array): number {
  let max = -Infinity;
  for (let at = 0; at < rows.length; at += TICK_FIELDS) max = Math.max(max, rows[at]!);
  return max;
}
