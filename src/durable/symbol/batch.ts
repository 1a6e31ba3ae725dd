// A batch of one symbol's ticks, and its outcome.
import { type BatchCounts, VERDICT } from "../../features/batch-counts.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import type { HeldVerdict } from "./archive/archive-ticks.ts";

export interface Batch {
  /** Packed ticks, at least one. */
  readonly rows: Float64Array;
  readonly producer: string | null;
  readonly producerSeq: number | null;
  /** Hash of what was sent, from 0 to 2^32 − 1; a batch without one is compared by its number alone. */
  readonly contentHash?: number | undefined;
}

export interface BatchOutcome extends Readonly<BatchCounts> {
  /** Rows of this batch that are outliers in time or in price. */
  readonly outlierRows: readonly OutlierRow[];
}

interface OutlierRow {
  readonly row: number;
  readonly of: "time" | "price";
}

/** @param verdicts `VERDICT` of each tick; `undefined` when all were accepted. */
export function outcomeOf(counts: Readonly<BatchCounts>, verdicts: Uint8Array | undefined): BatchOutcome {
  const outlierRows: OutlierRow[] = [];
  verdicts?.forEach((verdict, row) => {
    if (verdict === VERDICT.outlier) outlierRows.push({ row, of: "time" });
    else if (verdict === VERDICT.priceOutlier) outlierRows.push({ row, of: "price" });
  });
  return { ...counts, outlierRows };
}

/** A batch's verdict on a tick held since an earlier batch; an outlier in time or in price. */
export function heldVerdictOf({ released, givenUp, priceGivenUp }: Readonly<BatchCounts>): HeldVerdict | null {
  if (released > 0) return VERDICT.accepted;
  return givenUp + priceGivenUp > 0 ? VERDICT.outlier : null;
}

/** The time of a batch's newest tick, ms. */
export function lastTsMsOf(rows: Float64Array): number {
  let max = -Infinity;
  for (let at = 0; at < rows.length; at += TICK_FIELDS) max = Math.max(max, rows[at]!);
  return max;
}
