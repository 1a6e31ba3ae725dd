// Pages of a symbol's state beside its snapshot. Only changed pages are written, so large state that changes slowly is
// cheap. Does not interpret the bytes.
import type { Page } from "../../../features/page-buffer.ts";
import { joinParts, partsOf } from "./row-parts.ts";

/** Stands before the number of a page's further parts, which have rows of their own; no page's id has it. */
const PART = "#";

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
      const key = `${prefix}/${id}`;
      const [first, ...further] = partsOf(bytes);
      this.write(key, first!);
      // "$" follows "#" in ASCII: all further parts of an earlier version of the page.
      this.sql.exec(`DELETE FROM pages WHERE id >= ? AND id < ?`, `${key}${PART}`, `${key}$`);
      further.forEach((part, k) => this.write(`${key}${PART}${k + 1}`, part));
    }
  }

  /** Every page under a prefix, by its id without the prefix. */
  load(prefix: string): Map<string, ArrayBuffer> {
    const found = new Map<string, ArrayBuffer[]>();
    // "0" follows "/" in ASCII: all ids that begin with the prefix and a slash.
    const query = `SELECT id, bytes FROM pages WHERE id >= ? AND id < ? ORDER BY length(id), id`;
    for (const { id, bytes } of this.sql.exec(query, `${prefix}/`, `${prefix}0`)) {
      if (typeof id !== "string" || !(bytes instanceof ArrayBuffer)) continue;
      const [page = ""] = id.slice(prefix.length + 1).split(PART);
      found.set(page, [...(found.get(page) ?? []), bytes]);
    }
    return new Map([...found].map(([page, parts]) => [page, joinParts(parts)]));
  }

  /** The pages under a prefix whose ids are between two, both included, in order: none that has further parts. */
  *range(prefix: string, fromId: string, toId: string): Generator<Page, void, void> {
    const query = `SELECT id, bytes FROM pages WHERE id >= ? AND id <= ? ORDER BY id`;
    for (const { id, bytes } of this.sql.exec(query, `${prefix}/${fromId}`, `${prefix}/${toId}`)) {
      if (typeof id === "string" && bytes instanceof ArrayBuffer) yield { id: id.slice(prefix.length + 1), bytes };
    }
  }

  /** The page under a prefix with the greatest id, which has no further parts; `undefined` without one. */
  newest(prefix: string): Page | undefined {
    const query = `SELECT id, bytes FROM pages WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1`;
    const [row] = this.sql.exec(query, `${prefix}/`, `${prefix}0`).toArray();
    if (typeof row?.["id"] !== "string" || !(row["bytes"] instanceof ArrayBuffer)) return undefined;
    return { id: row["id"].slice(prefix.length + 1), bytes: row["bytes"] };
  }

  /** Removes every page under a prefix whose id is smaller than one. */
  removeBefore(prefix: string, id: string): void {
    this.sql.exec(`DELETE FROM pages WHERE id >= ? AND id < ?`, `${prefix}/`, `${prefix}/${id}`);
  }

  /** Removes every page under a prefix. */
  remove(prefix: string): void {
    this.sql.exec(`DELETE FROM pages WHERE id >= ? AND id < ?`, `${prefix}/`, `${prefix}0`);
  }

  /** Removes one page. */
  removePage(prefix: string, id: string): void {
    const key = `${prefix}/${id}`;
    this.sql.exec(`DELETE FROM pages WHERE id = ? OR (id >= ? AND id < ?)`, key, `${key}${PART}`, `${key}$`);
  }

  private write(id: string, bytes: ArrayBuffer): void {
    this.sql.exec(
      `INSERT INTO pages (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes`,
      id,
      bytes,
    );
  }
}
