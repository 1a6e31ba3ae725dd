// Converts a batch of ticks to the columns of one row of `slots`, and back. A checksum over all of them tells whether
// the row is what was written.
import { VERDICT } from "../../../features/batch-counts.ts";
import { FNV1A_START, fnv1aStep } from "../../../features/fnv1a.ts";
import { ID_FIELD, narrowRows, QUOTE_FIELDS, TICK_FIELDS, widenRows } from "../../../features/packed-ticks.ts";
import type { JudgedBatch } from "../archive/archive-ticks.ts";

/** A batch as it was acknowledged. */
export interface StoredBatch extends JudgedBatch {
  /** 1, 2, 3, … per symbol. */
  readonly seq: number;
  readonly lastTsMs: number;
  readonly producer: string | null;
  readonly producerSeq: number | null;
  /** Hash of what was sent; `undefined` where only the number is known. */
  readonly contentHash?: number | undefined;
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
export function batchColumns(all: StoredBatch): (SqlStorageValue | null)[] {
  const { rows, fields } = narrowRows(all.rows);
  const batch = { ...all, rows };
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
    withContentHash(batchChecksum(batch, fields), batch.contentHash),
    batch.contentHash ?? null,
    batch.seq,
    fields === TICK_FIELDS ? batch.seq : null,
  ];
}

/** The batch in a row of `slots`; one that is not what was written has no `rows`. */
export function parseBatch(row: Record<string, SqlStorageValue>): StoredBatch | DamagedBatch {
  const { seq, last_ts_ms: lastTsMs, producer, producer_seq: producerSeq, batch } = row;
  const { verdicts, held_verdict: heldVerdict, checksum, checksum_seq: checksumSeq } = row;
  const fields = row["wide_seq"] === seq ? TICK_FIELDS : QUOTE_FIELDS;
  const rowBytes = fields * 8;
  const isBatch = typeof lastTsMs === "number" && batch instanceof ArrayBuffer && batch.byteLength % rowBytes === 0;
  if (!isBatch) return { seq: Number(seq), rows: undefined };
  const judged = verdicts instanceof ArrayBuffer ? new Uint8Array(verdicts) : undefined;
  if (judged !== undefined && judged.length !== batch.byteLength / rowBytes) {
    return { seq: Number(seq), rows: undefined };
  }
  const found: StoredBatch = {
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
  const damaged = { seq: found.seq, rows: undefined };
  // Slots written before there were checksums have none.
  const whole = { ...found, rows: widenRows(found.rows, fields) };
  if (checksum === null) return areTicks(whole.rows) ? whole : damaged;
  const contentHash = numberOr(row["content_hash"], NaN);
  const plain = batchChecksum(found, fields);
  // A version without content hashes leaves that of the batch that had the slot before.
  if (checksum === plain) return whole;
  if (checksum === withContentHash(plain, contentHash)) return { ...whole, contentHash };
  // A version without checksums leaves both of them.
  const others = batchChecksum({ ...found, seq: Number(checksumSeq) }, fields);
  const isAnothers = checksumSeq !== seq && checksum !== withContentHash(others, contentHash) && checksum !== others;
  return isAnothers && areTicks(whole.rows) ? whole : damaged;
}

/** Whether the archive could hold these rows: times and ids are whole numbers of at most 64 bits. */
function areTicks(rows: Float64Array): boolean {
  const isWhole = (x: number): boolean => Number.isInteger(x) && Math.abs(x) < 2 ** 63;
  for (let at = 0; at < rows.length; at += TICK_FIELDS) {
    const id = rows[at + ID_FIELD]!;
    if (!isWhole(rows[at]!) || !(isWhole(id) || Number.isNaN(id))) return false;
  }
  return true;
}

const NO_VERDICTS = new Uint8Array(0);
const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/**
 * FNV-1a over every column but the content hash, 32 bits a step: any one changed bit changes it. From 0 to 2^32 − 1.
 * @param fields values of a tick in the batch's rows. Rows of `QUOTE_FIELDS` have the checksum that they always had.
 */
function batchChecksum(batch: StoredBatch, fields: number): number {
  const { seq, lastTsMs, producer, producerSeq, rows, verdicts, heldVerdict, watermarkMs, writtenAtMs } = batch;
  let hash = FNV1A_START;
  for (const x of [seq, lastTsMs, producerSeq, heldVerdict, watermarkMs, writtenAtMs, verdicts?.length, rows.length]) {
    number[0] = x ?? NaN;
    // The bits of NaN depend on the machine.
    if (Number.isNaN(number[0])) number[0] = -1;
    hash = fnv1aStep(fnv1aStep(hash, words[0]!), words[1]!);
  }
  for (const char of producer ?? "") hash = fnv1aStep(hash, char.codePointAt(0)!);
  // No closure over `hash`: the engine would keep it on the heap, and each step would cost ten times as much.
  const judged = verdicts ?? NO_VERDICTS;
  for (let i = 0; i < judged.length; i++) hash = fnv1aStep(hash, judged[i]!);
  const bits = new Uint32Array(rows.buffer, rows.byteOffset, rows.length * 2);
  for (let i = 0; i < bits.length; i++) hash = fnv1aStep(hash, bits[i]!);
  if (fields !== QUOTE_FIELDS) hash = fnv1aStep(hash, fields);
  return hash >>> 0;
}

/** The checksum of a batch that has a content hash, and of one that has none. */
function withContentHash(checksum: number, contentHash: number | undefined): number {
  return contentHash === undefined ? checksum : fnv1aStep(fnv1aStep(checksum, -1), contentHash) >>> 0;
}

/** The view's own bytes; a view into a larger buffer is copied. */
function exactBuffer(view: Float64Array | Uint8Array): ArrayBuffer {
  const { buffer } = view;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === view.byteLength) return buffer;
  return view.slice().buffer;
}

function numberOr(value: SqlStorageValue | undefined, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}
