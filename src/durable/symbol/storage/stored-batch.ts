// Converts a batch of ticks to the columns of one row of `slots`, and back.
import { VERDICT } from "../../../features/batch-counts.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";
import type { JudgedBatch } from "../archive/archive-ticks.ts";

const ROW_BYTES = TICK_FIELDS * 8;

/** A batch as it was acknowledged. */
export interface StoredBatch extends JudgedBatch {
  /** 1, 2, 3, … per symbol. */
  readonly seq: number;
  readonly lastTsMs: number;
  readonly producer: string | null;
  readonly producerSeq: number | null;
  /** Event time after the batch, ms; `NaN` before the first accepted tick. */
  readonly watermarkMs: number;
  /** Wall-clock time of the write, ms. */
  readonly writtenAtMs: number;
}

/** A slot that cannot be read as a batch. */
export interface DamagedBatch {
  readonly seq: number;
  readonly rows: undefined;
}

/** The values of `slots`' columns, in this order, without the slot itself. */
export function batchColumns(batch: StoredBatch): (SqlStorageValue | null)[] {
  return [
    batch.seq,
    batch.lastTsMs,
    batch.producer,
    batch.producerSeq,
    exactBuffer(batch.rows),
    batch.verdicts === undefined ? null : exactBuffer(batch.verdicts),
    batch.heldVerdict,
    batch.watermarkMs,
    batch.writtenAtMs,
  ];
}

/** The batch in a row of `slots`; one that cannot be read has no `rows`. */
export function parseBatch(row: Record<string, SqlStorageValue>): StoredBatch | DamagedBatch {
  const { seq, last_ts_ms: lastTsMs, producer, producer_seq: producerSeq, batch } = row;
  const { verdicts, held_verdict: heldVerdict } = row;
  const isBatch = typeof lastTsMs === "number" && batch instanceof ArrayBuffer && batch.byteLength % ROW_BYTES === 0;
  if (!isBatch) return { seq: Number(seq), rows: undefined };
  const judged = verdicts instanceof ArrayBuffer ? new Uint8Array(verdicts) : undefined;
  if (judged !== undefined && judged.length !== batch.byteLength / ROW_BYTES) {
    return { seq: Number(seq), rows: undefined };
  }
  return {
    seq: Number(seq),
    lastTsMs,
    producer: typeof producer === "string" ? producer : null,
    producerSeq: typeof producerSeq === "number" ? producerSeq : null,
    rows: new Float64Array(batch),
    verdicts: judged,
    heldVerdict: heldVerdict === VERDICT.accepted || heldVerdict === VERDICT.outlier ? heldVerdict : null,
    watermarkMs: numberOr(row["watermark_ms"], NaN),
    writtenAtMs: numberOr(row["written_at_ms"], 0),
  };
}

/** The view's own bytes; a view into a larger buffer is copied. */
function exactBuffer(view: Float64Array | Uint8Array): ArrayBuffer {
  const { buffer } = view;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === view.byteLength) return buffer;
  return view.slice().buffer;
}

export function numberOr(value: SqlStorageValue | undefined, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
