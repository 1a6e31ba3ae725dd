// A symbol's own SQLite: every acknowledged batch as one BLOB in a ring of slots, and one snapshot of all state. Does
// not interpret the bytes, and refuses those that are not what was written.
import { fnv1aOfText } from "../../../features/fnv1a.ts";
import { joinParts, partsOf } from "./row-parts.ts";
import { batchColumns, type DamagedBatch, parseBatch, type StoredBatch } from "./stored-batch.ts";

/** Slots of the first ring: more than the batches between two snapshots, which must not be overwritten. */
const INITIAL_RING_SLOTS = 256;
/** Missing batches in a row after which no further one is looked for: more than those between two snapshots. */
const LOOK_AHEAD = 128;
/** The ring stops growing at this database size; after that the oldest batch is overwritten. */
const MAX_DATABASE_BYTES = 64 * 1024 * 1024;

export interface StoredSnapshot {
  /** The last batch that the state includes. */
  readonly seq: number;
  readonly meta: string;
  readonly state: ArrayBuffer;
}

/**
 * Columns added after the first version, with their types, by table. `checksum_seq` is the batch that a checksum is
 * of: a version without checksums writes into a row and leaves the checksum of what was there. `wide_seq` is the batch
 * when its ticks have all of `TICK_FIELDS`: a version that knows fewer fields leaves another number there.
 */
const LATER_COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  slots: {
    verdicts: "BLOB",
    held_verdict: "INTEGER",
    watermark_ms: "REAL",
    written_at_ms: "REAL",
    checksum: "INTEGER",
    content_hash: "INTEGER",
    checksum_seq: "INTEGER",
    wide_seq: "INTEGER",
  },
  snapshot: { checksum: "INTEGER", checksum_seq: "INTEGER" },
};

/** From `fromSeq` on, batch `seq` is in slot `base + seq % size`. A larger ring follows one that is too small. */
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
  /** Ordered by first batch; the last ring is written to. */
  private rings: readonly Ring[];

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
    this.addLaterColumns();
    this.rings = this.readRings();
  }

  /** Writes the symbol's name and configuration; only the first call has an effect. */
  saveIdentity(symbol: string, config: string): void {
    this.sql.exec(`INSERT OR IGNORE INTO identity (id, symbol, config) VALUES (0, ?, ?)`, symbol, config);
  }

  loadIdentity(): { readonly symbol: string; readonly config: string } | undefined {
    return this.sql.exec<{ symbol: string; config: string }>(`SELECT symbol, config FROM identity`).toArray()[0];
  }

  /** Runs `work` in a transaction: if it throws, nothing is written. */
  atomically(work: () => void): void {
    try {
      this.storage.transactionSync(work);
    } catch (error) {
      // The transaction was rolled back: reload the rings.
      this.rings = this.readRings();
      throw error;
    }
  }

  /** Writes a batch into its slot, overwriting one that `makeRoom` no longer needs. */
  append(batch: StoredBatch): void {
    this.sql.exec(
      `INSERT INTO slots (slot, seq, last_ts_ms, producer, producer_seq, batch,
         verdicts, held_verdict, watermark_ms, written_at_ms, checksum, content_hash, checksum_seq, wide_seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET seq = excluded.seq, last_ts_ms = excluded.last_ts_ms,
         producer = excluded.producer, producer_seq = excluded.producer_seq, batch = excluded.batch,
         verdicts = excluded.verdicts, held_verdict = excluded.held_verdict,
         watermark_ms = excluded.watermark_ms, written_at_ms = excluded.written_at_ms, checksum = excluded.checksum,
         content_hash = excluded.content_hash, checksum_seq = excluded.checksum_seq, wide_seq = excluded.wide_seq`,
      this.placeOf(batch.seq),
      ...batchColumns(batch),
    );
  }

  /**
   * The batches after `seq`, in order. Looks them up by slot, so that a restart reads only what it replays. A missing
   * or damaged batch is yielded without rows, so that later batches are not lost.
   * @param throughSeq the last batch if it is known; batches after it are found too.
   */
  *after(seq: number, throughSeq = seq): Generator<StoredBatch | DamagedBatch> {
    // The rings in memory may be those of a transaction that was rolled back.
    this.rings = this.readRings();
    let newest = Math.max(seq, throughSeq);
    for (let next = newest + 1; next <= newest + LOOK_AHEAD; next++) if (this.has(next)) newest = next;
    for (let next = seq + 1; next <= newest; next++) yield this.batch(next) ?? { seq: next, rows: undefined };
  }

  /** One batch; `undefined` when its slot holds another batch. */
  batch(seq: number): StoredBatch | DamagedBatch | undefined {
    const [row] = this.sql.exec(`SELECT * FROM slots WHERE slot = ? AND seq = ?`, this.placeOf(seq), seq).toArray();
    return row === undefined ? undefined : parseBatch(row);
  }

  /** Size and event time of one batch without reading its ticks, and so unchecked; `NaN` where there is none. */
  extent(seq: number): { readonly sizeBytes: number; readonly watermarkMs: number } {
    const query = `SELECT length(batch) AS size, watermark_ms FROM slots WHERE slot = ? AND seq = ?`;
    const [row] = this.sql.exec(query, this.placeOf(seq), seq).toArray();
    return { sizeBytes: Number(row?.["size"] ?? 0), watermarkMs: Number(row?.["watermark_ms"] ?? NaN) };
  }

  /** Bytes of the ticks of the batches from `seq` on. */
  bytesFrom(seq: number): number {
    const query = `SELECT sum(length(batch)) AS size FROM slots WHERE seq >= ?`;
    return this.sql.exec<{ size: number | null }>(query, seq).one().size ?? 0;
  }

  /** Number of the newest batch, found without a snapshot; 0 when there is none. Reads every slot's number. */
  newest(): number {
    for (const { seq } of this.sql.exec<{ seq: number }>(`SELECT seq FROM slots ORDER BY seq DESC`)) {
      // A number of which one bit is wrong is in another batch's slot, fails its checksum, or stands alone.
      if (this.batch(seq)?.rows !== undefined && (seq === 1 || this.has(seq - 1) || this.isChecked(seq))) return seq;
    }
    return 0;
  }

  /** Number of the oldest batch that is not overwritten yet. @param newest the last batch written. */
  oldestKept(newest: number): number {
    let through = newest;
    for (const { fromSeq, size } of this.rings.toReversed()) {
      const oldest = Math.max(through - size + 1, 1);
      if (oldest > fromSeq || fromSeq === 1) return oldest;
      through = Math.min(through, fromSeq - 1);
    }
    return 1;
  }

  /** Replaces the snapshot. Large state is split over several rows. */
  saveSnapshot({ seq, meta, state }: StoredSnapshot): void {
    const parts = partsOf(state);
    parts.forEach((part, id) => {
      this.sql.exec(
        `INSERT INTO snapshot (id, seq, meta, state, checksum, checksum_seq) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, meta = excluded.meta, state = excluded.state,
           checksum = excluded.checksum, checksum_seq = excluded.checksum_seq`,
        id,
        seq,
        id === 0 ? meta : "",
        part,
        fnv1aOfText(`${seq} ${meta}`),
        seq,
      );
    });
    this.sql.exec(`DELETE FROM snapshot WHERE id >= ?`, parts.length);
  }

  /**
   * `undefined` when none was written. Throws `TypeError` when the rows are not what was written; the state has a
   * checksum of its own, which is not looked at here.
   */
  loadSnapshot(): StoredSnapshot | undefined {
    const rows = this.sql.exec(`SELECT seq, meta, state, checksum, checksum_seq FROM snapshot ORDER BY id`).toArray();
    if (rows.length === 0) return undefined;
    const [{ seq, meta, checksum, checksum_seq: checksumSeq } = {}] = rows;
    const parts = rows.flatMap(({ state }) => (state instanceof ArrayBuffer ? [state] : []));
    if (typeof seq !== "number" || typeof meta !== "string" || parts.length < rows.length) {
      throw new TypeError("snapshot: not a number, a text and a blob");
    }
    // Snapshots of a version without checksums have none, or that of another snapshot.
    const isOthers =
      checksum === null || (checksumSeq !== seq && checksum !== fnv1aOfText(`${String(checksumSeq)} ${meta}`));
    const expected = fnv1aOfText(`${seq} ${meta}`);
    if (!isOthers && checksum !== expected) {
      throw new TypeError(`snapshot checksum: got ${String(checksum)}, expected ${expected}`);
    }
    return { seq, meta, state: joinParts(parts) };
  }

  /** Bytes of the whole database. */
  get sizeBytes(): number {
    return this.sql.databaseSize;
  }

  /**
   * Call it with each snapshot: the batches up to `seq + ahead` will be written before the next one. Starts a ring of
   * twice the size if they would overwrite an unarchived batch or, while the database is below `MAX_DATABASE_BYTES`, a
   * batch with ticks after `keepFromMs`.
   * @param keepFromMs event time from which every window can be rebuilt.
   * @param unarchivedFrom the first batch that must not be overwritten; without it every batch may be.
   */
  makeRoom(seq: number, ahead: number, keepFromMs: number, unarchivedFrom = Infinity): void {
    const leaving = seq + ahead - this.ring.size;
    if (leaving < this.ring.fromSeq) return;
    if (leaving >= unarchivedFrom) {
      this.grow(seq + 1);
      return;
    }
    if (this.sql.databaseSize >= MAX_DATABASE_BYTES) return;
    const [row] = this.sql
      .exec<{ last_ts_ms: number }>(`SELECT last_ts_ms FROM slots WHERE slot = ?`, this.placeOf(leaving))
      .toArray();
    if (row !== undefined && row.last_ts_ms > keepFromMs) this.grow(seq + 1);
  }

  private grow(fromSeq: number): void {
    const { base, size } = this.ring;
    this.sql.exec(
      `INSERT OR REPLACE INTO rings (from_seq, base, size) VALUES (?, ?, ?)`,
      fromSeq,
      base + size,
      size * 2,
    );
    this.rings = this.readRings();
  }

  /**
   * Upgrades the tables of earlier versions. Batches of before the archive were never archived and need no verdicts;
   * those of before the checksums have none.
   */
  private addLaterColumns(): void {
    for (const [table, columns] of Object.entries(LATER_COLUMNS)) {
      const { columnNames } = this.sql.exec(`SELECT * FROM ${table} LIMIT 0`);
      for (const [name, type] of Object.entries(columns)) {
        if (!columnNames.includes(name)) this.sql.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
      }
    }
  }

  private has(seq: number): boolean {
    return this.sql.exec(`SELECT 1 FROM slots WHERE slot = ? AND seq = ?`, this.placeOf(seq), seq).toArray().length > 0;
  }

  private isChecked(seq: number): boolean {
    const query = `SELECT 1 FROM slots WHERE slot = ? AND seq = ? AND checksum IS NOT NULL AND checksum_seq = seq`;
    return this.sql.exec(query, this.placeOf(seq), seq).toArray().length > 0;
  }

  private get ring(): Ring {
    return this.rings.at(-1)!;
  }

  private placeOf(seq: number): number {
    return slotOf(this.rings.findLast(({ fromSeq }) => fromSeq <= seq) ?? this.ring, seq);
  }

  private readRings(): Ring[] {
    const rows = this.sql.exec<{ from_seq: number; base: number; size: number }>(
      `SELECT * FROM rings ORDER BY from_seq`,
    );
    const grown = rows.toArray().map((row) => ({ fromSeq: row.from_seq, base: row.base, size: row.size }));
    return [{ fromSeq: 1, base: 0, size: INITIAL_RING_SLOTS }, ...grown];
  }
}

function slotOf(ring: Ring, seq: number): number {
  return ring.base + (seq % ring.size);
}
