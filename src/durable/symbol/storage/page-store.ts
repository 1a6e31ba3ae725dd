// Pages of a symbol's state beside its snapshot. Only changed pages are written, so large state that changes slowly is
// cheap. Does not interpret the bytes.
import type { Page } from "../../../features/page-buffer.ts";

/** All methods are synchronous, like those of `SlotStore`. */
export class PageStore {
  private readonly sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.sql = storage.sql;
    this.sql.exec(`CREATE TABLE IF NOT EXISTS pages (id TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID`);
  }

  /** Writes pages, replacing those of the same id. @param prefix of their ids in storage: their part of the state. */
  save(prefix: string, pages: readonly Page[]): void {
    for (const { id, bytes } of pages) {
      this.sql.exec(
        `INSERT INTO pages (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes`,
        `${prefix}/${id}`,
        bytes,
      );
    }
  }

  /** Every page under a prefix, by its id without the prefix. */
  load(prefix: string): Map<string, ArrayBuffer> {
    const pages = new Map<string, ArrayBuffer>();
    // "0" follows "/" in ASCII: all ids that begin with the prefix and a slash.
    const cursor = this.sql.exec(`SELECT id, bytes FROM pages WHERE id >= ? AND id < ?`, `${prefix}/`, `${prefix}0`);
    for (const { id, bytes } of cursor) {
      if (typeof id === "string" && bytes instanceof ArrayBuffer) pages.set(id.slice(prefix.length + 1), bytes);
    }
    return pages;
  }
}
