// Selects the ticks of a range of batches to archive: those that the grid accepted, in the order in which a reader of
// the archive applies them.
import { VERDICT } from "../../../features/batch-counts.ts";
import { storedBytes, TICK_FIELDS } from "../../../features/packed-ticks.ts";

export type HeldVerdict = typeof VERDICT.accepted | typeof VERDICT.outlier;

/** A batch and the verdicts on its ticks. */
export interface JudgedBatch {
  /** Packed ticks. */
  readonly rows: Float64Array;
  /** `VERDICT` of each tick after the batch; `undefined` when all were accepted. */
  readonly verdicts: Uint8Array | undefined;
  /** The batch's verdict on a tick held since an earlier batch. */
  readonly heldVerdict: HeldVerdict | null;
}

/** Whole batches, the first and the last included. */
export interface BatchRange {
  readonly fromSeq: number;
  readonly throughSeq: number;
}

export interface ArchiveTicks {
  /** Accepted ticks, packed, stably sorted by time: equal times in the order in which the grid applied them. */
  readonly rows: Float64Array;
  readonly count: number;
  /** Size of all ticks of the range in their slots, accepted or not. */
  readonly sizeBytes: number;
  /** The packed tick that is held at the range's end; a later batch decides whether it is accepted. */
  readonly held: Float64Array | null;
  /** Batches of the range that could not be read. */
  readonly lostBatches: number;
}

/**
 * Accepted ticks of a range of whole batches. A held tick belongs to the batch that decides it: over consecutive ranges
 * each accepted tick appears exactly once.
 * @param held `held` of the range before.
 * @param sinceSeq only ticks that batches after this one decided; all without it.
 */
export function archiveTicks(
  read: (seq: number) => JudgedBatch | { readonly rows: undefined } | undefined,
  { fromSeq, throughSeq }: BatchRange,
  held: Float64Array | null,
  sinceSeq = 0,
): ArchiveTicks {
  const taken: Float64Array[] = [];
  let lostBatches = 0;
  let sizeBytes = 0;
  for (let seq = fromSeq; seq <= throughSeq; seq++) {
    const batch = read(seq);
    if (batch === undefined || batch.rows === undefined) {
      lostBatches += 1;
      continue;
    }
    const { rows, verdicts, heldVerdict } = batch;
    const wanted = seq > sinceSeq;
    sizeBytes += storedBytes(rows);
    if (wanted && held !== null && heldVerdict === VERDICT.accepted) taken.push(held);
    if (heldVerdict !== null) held = null;
    if (verdicts === undefined) {
      if (wanted) taken.push(rows);
      continue;
    }
    for (let i = 0; i < verdicts.length; i++) {
      const tick = rows.subarray(i * TICK_FIELDS, (i + 1) * TICK_FIELDS);
      if (verdicts[i] === VERDICT.accepted && wanted) taken.push(tick);
      else if (verdicts[i] === VERDICT.held) held = tick.slice();
    }
  }
  const rows = sortedByTime(joined(taken));
  return { rows, count: rows.length / TICK_FIELDS, sizeBytes, held, lostBatches };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const rows = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    rows.set(part, at);
    at += part.length;
  }
  return rows;
}

function sortedByTime(rows: Float64Array): Float64Array {
  const count = rows.length / TICK_FIELDS;
  const tsMs = (i: number): number => rows[i * TICK_FIELDS]!;
  const order = Array.from({ length: count }, (_, i) => i);
  if (order.every((i) => i === 0 || tsMs(i - 1) <= tsMs(i))) return rows;
  order.sort((a, b) => tsMs(a) - tsMs(b));
  const sorted = new Float64Array(rows.length);
  order.forEach((from, to) => {
    sorted.set(rows.subarray(from * TICK_FIELDS, (from + 1) * TICK_FIELDS), to * TICK_FIELDS);
  });
  return sorted;
}
