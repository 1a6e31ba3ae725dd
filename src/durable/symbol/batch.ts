// A batch of one symbol's ticks, and its outcome.
import { type BatchCounts, noCounts, VERDICT } from "../../features/batch-counts.ts";
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

/** The outcomes in the order of `VERDICT`. */
const OUTCOMES = ["accepted", "duplicate", "late", "held", "outlier", "priceOutlier"] as const;

/**
 * The part of one batch in the counts of several that were applied as one. What was decided of a tick held before them
 * is counted with the first.
 * @param verdicts `VERDICT` of each of its ticks; `undefined` when all were accepted.
 */
export function countsOf(
  all: Readonly<BatchCounts>,
  of: { readonly ticks: number; readonly verdicts: Uint8Array | undefined; readonly isFirst: boolean },
): BatchCounts {
  const { ticks, verdicts, isFirst } = of;
  const { released, givenUp, priceGivenUp } = isFirst ? all : noCounts();
  // Steps are of all: nobody asks for those of one.
  const counts = { ...noCounts(), released, givenUp, priceGivenUp, stepsClosed: isFirst ? all.stepsClosed : 0 };
  if (verdicts === undefined) counts.accepted = ticks;
  else for (const verdict of verdicts) counts[OUTCOMES[verdict]!] += 1;
  return counts;
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
