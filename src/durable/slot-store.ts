// What a symbol keeps in its own SQLite: every acknowledged batch as one BLOB in a ring of slots, and one snapshot of
// all state. What the bytes mean is left to others.
import { TICK_FIELDS } from "../features/packed-ticks.ts";

/** Slots at the beginning; must exceed the batches between two snapshots, so that none of those is overwritten. */
export const INITIAL_RING_SLOTS = 256;
/** Batches stay at least this long in event time, enough to rebuild every window, while there is room. */
export const KEEP_MS = 2 * 3_600_000;
/** The ring stops growing at this size of the database; from then on the oldest batch makes room. */
export const MAX_DATABASE_BYTES = 64 * 1024 * 1024;

const ROW_BYTES = TICK_FIELDS * 8;

/** A batch as it was acknowledged. */
export interface StoredBatch {
  /** 1, 2, 3, … per symbol. */
  readonly seq: number;
  readonly lastTsMs: number;
  readonly producer: string | null;
  readonly producerSeq: number | null;
  /** Packed ticks. */
  readonly rows: Float64Array;
}

/** A slot that is there and cannot be read as a batch. */
export interface DamagedBatch {
  readonly seq: number;
  readonly rows: undefined;
}

export interface StoredSnapshot {
  /** The last batch that the state includes. */
  readonly seq: number;
  readonly meta: string;
  readonly state: ArrayBuffer;
}

/** From `fromSeq` on, batch `seq` rests in slot `base + seq % size`. A ring that is too small is followed by a larger. */
interface Ring {
  readonly fromSeq: number;
  readonly base: number;
  readonly size: number;
}

/**
 * Slots and snapshot of one symbol. All methods are synchronous; writes between two awaits are one transaction, and the
 * output gate holds the answer until they are durable.
 */
export class SlotStore {
  private readonly storage: DurableObjectStorage;
  private readonly sql: SqlStorage;
  private ring: Ring;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.sql = storage.sql;
    this.sql.exec(`CREATE TABLE IF NOT EXISTS slots (
      slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL, last_ts_ms REAL NOT NULL,
      producer TEXT, producer_seq INTEGER, batch BLOB NOT NULL) WITHOUT ROWID`);
    this.sql.exec(`CREATE TABLE IF NOT EXISTS rings (
      from_seq INTEGER PRIMARY KEY, base INTEGER NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID`);
    this.sql.exec(`CREATE TABLE IF NOT EXISTS snapshot (
      id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, meta TEXT NOT NULL, state BLOB NOT NULL) WITHOUT ROWID`);
    this.sql.exec(`CREATE TABLE IF NOT EXISTS identity (
      id INTEGER PRIMARY KEY, symbol TEXT NOT NULL, config TEXT NOT NULL) WITHOUT ROWID`);
    this.ring = this.readRing();
  }

  /** Who this is and what it was created for: written once, with the first batch. */
  saveIdentity(symbol: string, config: string): void {
    this.sql.exec(`INSERT OR IGNORE INTO identity (id, symbol, config) VALUES (0, ?, ?)`, symbol, config);
  }

  loadIdentity(): { readonly symbol: string; readonly config: string } | undefined {
    return this.sql.exec<{ symbol: string; config: string }>(`SELECT symbol, config FROM identity`).toArray()[0];
  }

  /** Writes all that `work` writes, or nothing when it throws. */
  atomically(work: () => void): void {
    this.storage.transactionSync(work);
  }

  /** Writes a batch into its slot, over the one that `makeRoom` found to be no longer needed. */
  append(batch: StoredBatch): void {
    this.sql.exec(
      `INSERT INTO slots (slot, seq, last_ts_ms, producer, producer_seq, batch) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET seq = excluded.seq, last_ts_ms = excluded.last_ts_ms,
         producer = excluded.producer, producer_seq = excluded.producer_seq, batch = excluded.batch`,
      slotOf(this.ring, batch.seq),
      batch.seq,
      batch.lastTsMs,
      batch.producer,
      batch.producerSeq,
      exactBuffer(batch.rows),
    );
  }

  /**
   * The batches after `seq`, in order, found by their slots: a restart reads no more than it replays. One whose columns
   * are not a batch comes without rows: what follows it must not be lost with it.
   */
  *after(seq: number): Generator<StoredBatch | DamagedBatch> {
    const rings = this.readRings();
    for (let next = seq + 1; ; next++) {
      const ring = rings.findLast((r) => r.fromSeq <= next) ?? this.ring;
      const [row] = this.sql.exec(`SELECT * FROM slots WHERE slot = ? AND seq = ?`, slotOf(ring, next), next).toArray();
      if (row === undefined) return;
      yield parseBatch(row);
    }
  }

  /** Number of the oldest batch from which on none is missing; 1 + the last when there is none. */
  oldestContiguous(): number {
    let oldest = 0;
    let expected = 0;
    for (const { seq } of this.sql.exec<{ seq: number }>(`SELECT seq FROM slots ORDER BY seq`)) {
      if (seq !== expected) oldest = seq;
      expected = seq + 1;
    }
    return Math.max(oldest, 1);
  }

  saveSnapshot(snapshot: StoredSnapshot): void {
    this.sql.exec(
      `INSERT INTO snapshot (id, seq, meta, state) VALUES (0, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, meta = excluded.meta, state = excluded.state`,
      snapshot.seq,
      snapshot.meta,
      snapshot.state,
    );
  }

  /** `undefined` when none was written; throws `TypeError` when what is there is no snapshot. */
  loadSnapshot(): StoredSnapshot | undefined {
    const [row] = this.sql.exec(`SELECT seq, meta, state FROM snapshot WHERE id = 0`).toArray();
    if (row === undefined) return undefined;
    const { seq, meta, state } = row;
    if (typeof seq !== "number" || typeof meta !== "string" || !(state instanceof ArrayBuffer)) {
      throw new TypeError("snapshot: not a number, a text and a blob");
    }
    return { seq, meta, state };
  }

  /** Bytes of the whole database. */
  get sizeBytes(): number {
    return this.sql.databaseSize;
  }

  /**
   * Called with each snapshot: the batches up to `seq + ahead` will be written before the next one. When one of the
   * batches that they would overwrite is younger than `KEEP_MS`, the ring is followed by one of twice the size, as long
   * as the database is below `MAX_DATABASE_BYTES`.
   * @param watermarkMs event time of now.
   */
  makeRoom(seq: number, ahead: number, watermarkMs: number): void {
    const leaving = seq + ahead - this.ring.size;
    if (leaving < this.ring.fromSeq || this.sql.databaseSize >= MAX_DATABASE_BYTES) return;
    const [row] = this.sql
      .exec<{ last_ts_ms: number }>(`SELECT last_ts_ms FROM slots WHERE slot = ?`, slotOf(this.ring, leaving))
      .toArray();
    if (row !== undefined && row.last_ts_ms > watermarkMs - KEEP_MS) this.grow(seq + 1);
  }

  private grow(fromSeq: number): void {
    const { base, size } = this.ring;
    this.sql.exec(
      `INSERT OR REPLACE INTO rings (from_seq, base, size) VALUES (?, ?, ?)`,
      fromSeq,
      base + size,
      size * 2,
    );
    this.ring = { fromSeq, base: base + size, size: size * 2 };
  }

  private readRing(): Ring {
    return this.readRings().at(-1) ?? { fromSeq: 1, base: 0, size: INITIAL_RING_SLOTS };
  }

  private readRings(): Ring[] {
    const rows = this.sql.exec<{ from_seq: number; base: number; size: number }>(
      `SELECT * FROM rings ORDER BY from_seq`,
    );
    const grown = rows.toArray().map((row) => ({ fromSeq: row.from_seq, base: row.base, size: row.size }));
    return [{ fromSeq: 1, base: 0, size: INITIAL_RING_SLOTS }, ...grown];
  }
}

/** The bytes of the rows alone; a view into a larger buffer is copied. */
function exactBuffer(rows: Float64Array): ArrayBuffer {
  const { buffer } = rows;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === rows.byteLength) return buffer;
  return new Float64Array(rows).buffer;
}

function slotOf(ring: Ring, seq: number): number {
  return ring.base + (seq % ring.size);
}

function parseBatch(row: Record<string, SqlStorageValue>): StoredBatch | DamagedBatch {
  const { seq, last_ts_ms: lastTsMs, producer, producer_seq: producerSeq, batch } = row;
  const isBatch = typeof lastTsMs === "number" && batch instanceof ArrayBuffer && batch.byteLength % ROW_BYTES === 0;
  if (!isBatch) return { seq: Number(seq), rows: undefined };
  return {
    seq: Number(seq),
    lastTsMs,
    producer: typeof producer === "string" ? producer : null,
    producerSeq: typeof producerSeq === "number" ? producerSeq : null,
    rows: new Float64Array(batch),
  };
}
