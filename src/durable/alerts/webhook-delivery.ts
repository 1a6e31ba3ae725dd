// A message for a webhook, and the tables of waiting messages and dead letters.
import { type AlertChange, parseAlertChange } from "../../quality/alerts/alert-change.ts";

/** A message for one webhook. */
export interface Delivery {
  readonly seq: number;
  readonly webhook: string;
  readonly change: AlertChange;
  /** Attempts made so far. */
  readonly attempts: number;
  readonly createdMs: number;
}

/** A message that was given up. */
export interface DeadLetter extends Delivery {
  readonly deadMs: number;
  readonly reason: string;
}

/**
 * Creates missing tables. The indexes keep the queries around each attempt fast with a thousand waiting messages: a
 * webhook's next due message, messages that are too old, and other messages of the same alert.
 */
export function createDeliveryTables(sql: SqlStorage): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, webhook TEXT NOT NULL, alert TEXT NOT NULL, change TEXT NOT NULL,
    attempts INTEGER NOT NULL, created_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, dead_ms INTEGER, reason TEXT
  )`);
  const index = "CREATE INDEX IF NOT EXISTS deliveries";
  sql.exec(`${index}_due ON deliveries (webhook, next_ms) WHERE dead_ms IS NULL`);
  sql.exec(`${index}_age ON deliveries (webhook, created_ms) WHERE dead_ms IS NULL`);
  sql.exec(`${index}_alert ON deliveries (webhook, alert, seq, dead_ms)`);
  sql.exec(`${index}_dead ON deliveries (dead_ms) WHERE dead_ms IS NOT NULL`);
  sql.exec(`CREATE TABLE IF NOT EXISTS holds (webhook TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID`);
  sql.exec(`CREATE TABLE IF NOT EXISTS outcomes (
    webhook TEXT NOT NULL, outcome TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (webhook, outcome)
  ) WITHOUT ROWID`);
}

/** Parses a row of the table; `undefined` for an unreadable one. */
export function parseDelivery(row: Record<string, SqlStorageValue>): Delivery | undefined {
  const { seq, webhook, change, attempts, created_ms } = row;
  try {
    const parsed = parseAlertChange(JSON.parse(String(change)));
    if (parsed === undefined) return undefined;
    const times = { attempts: Number(attempts), createdMs: Number(created_ms) };
    return { seq: Number(seq), webhook: String(webhook), change: parsed, ...times };
  } catch {
    return undefined;
  }
}
