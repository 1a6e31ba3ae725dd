// The table of all symbols with a version a row, so that a reader is told what changed since it looked last. The object
// that asks the symbols keeps one, and each isolate that serves readers keeps a copy of it.

/** A symbol as a list shows it; the names are those of the answer. `null` is unknown. */
export interface OverviewRow {
  readonly symbol: string;
  readonly venue: string | null;
  readonly state: SymbolState;
  /** Why something is not there, one text a reason. */
  readonly missing: readonly string[];
  readonly price: number | null;
  readonly sigma_bps: number | null;
  readonly rv_60_bps: number | null;
  readonly tau_bps: number | null;
  readonly probability: number | null;
  readonly threshold: number | null;
  readonly alert: boolean | null;
  readonly ts: number | null;
  readonly horizon_s: number | null;
  readonly watermark_ms: number | null;
  readonly firing: number | null;
}

export const SYMBOL_STATES = ["live", "warming_up", "stale", "silent", "too_sparse", "flat", "unreachable"] as const;
export type SymbolState = (typeof SYMBOL_STATES)[number];

/** A step's end and its probability; `null` without one. */
interface Point {
  readonly tsMs: number;
  readonly probability: number | null;
}

interface VersionedPoint extends Point {
  /** With which the table got it. */
  readonly version: number;
}

interface VersionedRow {
  readonly row: OverviewRow;
  /** When the symbol's object gave it; `null` for one that never has. */
  readonly asOfMs: number | null;
  readonly version: number;
  /** With which it was added; a symbol that was removed and came back begins anew. */
  readonly addedAt: number;
  /** The oldest first. */
  readonly points: readonly VersionedPoint[];
}

/** What changed since a cursor. */
export interface OverviewDelta {
  readonly epoch: string;
  readonly version: number;
  /** Whether `rows` is the whole table. */
  readonly isReset: boolean;
  readonly rows: readonly VersionedRow[];
  readonly removed: readonly { readonly symbol: string; readonly version: number }[];
}

/** Points kept of a row. */
const MAX_POINTS = 40;
/** Removals remembered; a reader that lacks older ones is given the whole table. */
const MAX_REMOVED = 1000;

/** Rows by symbol. A table of another epoch has nothing to do with this one. */
export class OverviewTable {
  private current: string;
  private newest = 0;
  private readonly rows = new Map<string, VersionedRow>();
  /** The version at which each was removed, the oldest first. */
  private readonly removed = new Map<string, number>();
  /** Removals up to this version are not known any more. */
  private forgotten = 0;

  constructor(epoch: string) {
    this.current = epoch;
  }

  get size(): number {
    return this.rows.size;
  }

  get symbols(): IterableIterator<string> {
    return this.rows.keys();
  }

  /** What a reader names to be told what came after. */
  get cursor(): string {
    return cursorText(this.current, this.newest);
  }

  /** End of the newest step that is known of a symbol, ms; `-Infinity` without one. */
  newestPointMs(symbol: string): number {
    return this.rows.get(symbol)?.points.at(-1)?.tsMs ?? -Infinity;
  }

  /** When the row that was confirmed the longest ago was: of those that answer. `null` without any. */
  get oldestAsOfMs(): number | null {
    let oldest = Infinity;
    for (const { row, asOfMs } of this.rows.values()) {
      if (row.state !== "unreachable" && asOfMs !== null) oldest = Math.min(oldest, asOfMs);
    }
    return oldest === Infinity ? null : oldest;
  }

  /**
   * Sets what a symbol's object has just given. Returns whether that is new.
   * @param recent its steps after those that are known.
   */
  set(row: OverviewRow, asOfMs: number, recent: readonly Point[]): boolean {
    const before = this.rows.get(row.symbol);
    if (before !== undefined && recent.length === 0 && isEqual(before.row, row)) {
      this.rows.set(row.symbol, { ...before, asOfMs });
      return false;
    }
    const version = (this.newest += 1);
    const points = [...(before?.points ?? []), ...recent.map((point) => ({ ...point, version }))];
    this.rows.set(row.symbol, {
      row,
      asOfMs,
      version,
      addedAt: before?.addedAt ?? version,
      points: points.slice(-MAX_POINTS),
    });
    this.removed.delete(row.symbol);
    return true;
  }

  /** Says that a symbol's object does not answer. What it gave last stays, with its time. */
  setUnreachable(unknown: OverviewRow): void {
    const before = this.rows.get(unknown.symbol);
    const { state, missing } = unknown;
    const row = before === undefined ? unknown : { ...before.row, state, missing };
    if (before !== undefined && isEqual(before.row, row)) return;
    const version = (this.newest += 1);
    const { asOfMs, addedAt, points } = before ?? { asOfMs: null, addedAt: version, points: [] };
    this.rows.set(unknown.symbol, { row, asOfMs, version, addedAt, points });
    this.removed.delete(unknown.symbol);
  }

  remove(symbol: string): void {
    if (!this.rows.delete(symbol)) return;
    this.noteRemoved(symbol, (this.newest += 1));
  }

  /** @param cursor as a reader got it; the whole table for one that is not known, and without one. */
  since(cursor: string | undefined): OverviewDelta {
    const version = this.versionOf(cursor);
    const [epoch, newest] = [this.current, Math.max(this.newest, version ?? 0)];
    if (version === undefined) {
      return { epoch, version: newest, isReset: true, rows: [...this.rows.values()], removed: [] };
    }
    const rows = [...this.rows.values()].filter((row) => row.version > version);
    const newer = rows.map((row) => ({ ...row, points: row.points.filter((point) => point.version > version) }));
    const removed = [...this.removed].filter(([, at]) => at > version).map(([symbol, at]) => ({ symbol, version: at }));
    return { epoch, version: newest, isReset: false, rows: newer, removed };
  }

  /** Takes over what changed in the table that this one is a copy of. An answer that came late changes nothing. */
  apply(delta: OverviewDelta): void {
    const isSame = delta.epoch === this.current;
    // This copy has all up to its version.
    if (isSame ? delta.version <= this.newest : !delta.isReset) return;
    if (delta.isReset) this.begin(delta);
    for (const { symbol, version } of delta.removed) {
      this.rows.delete(symbol);
      this.noteRemoved(symbol, version);
    }
    for (const row of delta.rows) {
      const { symbol } = row.row;
      const before = this.rows.get(symbol);
      const kept = before?.addedAt === row.addedAt ? before.points : [];
      const last = kept.at(-1)?.version ?? -1;
      const points = [...kept, ...row.points.filter((point) => point.version > last)];
      this.rows.set(symbol, { ...row, points: points.slice(-MAX_POINTS) });
      this.removed.delete(symbol);
    }
    this.newest = delta.version;
  }

  private begin({ epoch, version }: OverviewDelta): void {
    this.current = epoch;
    this.rows.clear();
    this.removed.clear();
    this.newest = version;
    // Removals before it are those of a table that this copy has not seen.
    this.forgotten = version;
  }

  private noteRemoved(symbol: string, version: number): void {
    this.removed.delete(symbol);
    this.removed.set(symbol, version);
    if (this.removed.size <= MAX_REMOVED) return;
    const [oldest] = this.removed;
    this.removed.delete(oldest![0]);
    this.forgotten = Math.max(this.forgotten, oldest![1]);
  }

  private versionOf(cursor: string | undefined): number | undefined {
    const [, epoch, version] = CURSOR_FORM.exec(cursor ?? "") ?? [];
    if (epoch !== this.current) return undefined;
    return Number(version) >= this.forgotten ? Number(version) : undefined;
  }
}

/** The form of a cursor: an epoch and a version. */
export const CURSOR_FORM = /^([0-9a-z]{1,32}):(\d{1,15})$/;

export function cursorText(epoch: string, version: number): string {
  return `${epoch}:${version}`;
}

function isEqual(a: OverviewRow, b: OverviewRow): boolean {
  return (Object.keys(b) as (keyof OverviewRow)[]).every((name) =>
    name === "missing" ? a.missing.join("\n") === b.missing.join("\n") : a[name] === b[name],
  );
}
