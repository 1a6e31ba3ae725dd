// Which symbols exist: hash buckets of names, a row each, so that a damaged one costs no other. Uses itty-durable, like
// the registry, for its calls.
import { createDurable } from "itty-durable/itty-durable.js";
import { countedStorage } from "../../counting/counted-storage.ts";
import { logError } from "../../log.ts";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import { type IttyState, sendObjectCounts } from "../itty/itty-state.ts";
import { LenientReader } from "../itty/lenient-reader.ts";
import { nameSchema, namesSchema } from "./names-schema.ts";

/** A symbol that the directory knows. */
export interface DirectoryEntry {
  /** Since when, ms since 1970; 0 for longer than that is kept. */
  readonly sinceMs: number;
  /** Whether it has stored a batch: an empty database is then a loss. */
  readonly isCreated: boolean;
}

/** The key under which the version before kept all names in one value. */
const VALUE_BEFORE = "data";

export class DirectoryObject extends createDurable() {
  /** Since when each symbol is known, ms since 1970; 0 for longer than that is kept. */
  private readonly since = new Map<string, number>();

  /** Called by itty-durable before each call; reads the rows once. */
  override async loadFromStorage(): Promise<void> {
    const state = this.itty;
    if (state.initialized) return;
    this.storage.sql.exec(`CREATE TABLE IF NOT EXISTS names (
      name TEXT PRIMARY KEY, since_ms INTEGER NOT NULL) WITHOUT ROWID`);
    // Names whose object has stored a batch.
    this.storage.sql.exec(`CREATE TABLE IF NOT EXISTS created (name TEXT PRIMARY KEY) WITHOUT ROWID`);
    await this.takeOver(this.storage);
    const rows = this.storage.sql.exec(`SELECT name, since_ms FROM names ORDER BY since_ms, name`).toArray();
    const reader = new LenientReader();
    for (const { name, since_ms: sinceMs } of rows) {
      const read = reader.field(nameSchema, name, "name", undefined);
      if (read !== undefined) this.since.set(read, Number(sinceMs));
    }
    reader.report("directory_state_unreadable");
    state.initialized = true;
  }

  list(): string[] {
    return [...this.since.keys()];
  }

  /**
   * Adds symbols; durable before the answer. Adding one again changes nothing. Throws `TypeError` for an invalid name.
   */
  add(...symbols: string[]): string[] {
    const names = parseOrThrow(namesSchema, symbols, { name: "symbols", refuse: (text) => new TypeError(text) });
    const nowMs = Date.now();
    const { storage } = this;
    const missing = [...new Set(names)].filter((name) => !this.since.has(name));
    storage.transactionSync(() => {
      for (const name of missing) {
        storage.sql.exec(`INSERT OR REPLACE INTO names VALUES (?, ?)`, name, nowMs);
        storage.sql.exec(`DELETE FROM created WHERE name = ?`, name);
      }
    });
    for (const name of missing) this.since.set(name, nowMs);
    sendObjectCounts(this.itty);
    return this.list();
  }

  /** What is known of a symbol; `null` for an unknown one. */
  entry(symbol: string): DirectoryEntry | null {
    const sinceMs = this.since.get(symbol);
    if (sinceMs === undefined) return null;
    const { sql } = this.itty.storage;
    return { sinceMs, isCreated: sql.exec(`SELECT 1 FROM created WHERE name = ?`, symbol).toArray().length > 0 };
  }

  /** Records that a symbol has stored a batch. Does nothing for an unknown one. */
  markCreated(symbol: string): void {
    if (this.since.has(symbol)) this.storage.sql.exec(`INSERT OR IGNORE INTO created VALUES (?)`, symbol);
  }

  /** Removes a symbol; durable before the answer. Returns whether it was there. */
  remove(symbol: string): boolean {
    this.storage.sql.exec(`DELETE FROM names WHERE name = ?`, symbol);
    this.storage.sql.exec(`DELETE FROM created WHERE name = ?`, symbol);
    return this.since.delete(symbol);
  }

  private get itty(): IttyState {
    return this.state as IttyState;
  }

  private get storage(): DurableObjectStorage {
    return countedStorage(this.itty.storage, "directory");
  }

  /** Moves the names of the version before into rows. A value that cannot be decoded stays where it is. */
  private async takeOver(storage: DurableObjectStorage): Promise<void> {
    try {
      const stored = await storage.get<{ readonly symbols?: unknown } | null>(VALUE_BEFORE);
      if (stored === undefined) return;
      const reader = new LenientReader();
      for (const name of reader.entries(nameSchema, stored?.symbols, "symbols")) {
        storage.sql.exec(`INSERT OR IGNORE INTO names VALUES (?, 0)`, name);
      }
      reader.report("directory_state_unreadable");
      await storage.delete(VALUE_BEFORE);
    } catch (error) {
      logError("directory_state_unreadable", { error: String(error) });
    }
  }
}
