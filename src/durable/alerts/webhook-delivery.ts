// A change for a webhook, and the tables of waiting changes and dead letters.
import { type AlertChange, parseAlertChange } from "../../quality/alerts/alert-change.ts";

/** A change for one webhook. */
export interface Delivery {
  readonly seq: number;
  readonly webhook: string;
  readonly change: AlertChange;
  /** Attempts made so far. */
  readonly attempts: number;
  readonly createdMs: number;
}

/** Changes of one rule and state that go to a webhook as one message, the longest waiting first. */
export type DeliveryGroup = readonly [Delivery, ...Delivery[]];

/** A change that was given up. */
export interface DeadLetter extends Delivery {
  readonly deadMs: number;
  readonly reason: string;
}

/**
 * Creates missing tables. The indexes keep the queries around each attempt fast with a thousand waiting changes: a
 * webhook's next due change, changes that are too old, other changes of the same alert, and who waits for an alert.
 * `groups` has when a webhook's last message of a rule and state was due.
 */
export function createDeliveryTables(sql: SqlStorage): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, webhook TEXT NOT NULL, alert TEXT NOT NULL, change TEXT NOT NULL,
    attempts INTEGER NOT NULL, created_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, dead_ms INTEGER, reason TEXT,
    topic TEXT NOT NULL DEFAULT ''
  )`);
  addTopics(sql);
  const index = "CREATE INDEX IF NOT EXISTS deliveries";
  sql.exec(`${index}_due ON deliveries (webhook, next_ms) WHERE dead_ms IS NULL`);
  sql.exec(`${index}_age ON deliveries (webhook, created_ms) WHERE dead_ms IS NULL`);
  sql.exec(`${index}_alert ON deliveries (webhook, alert, seq, dead_ms)`);
  sql.exec(`${index}_of ON deliveries (alert) WHERE dead_ms IS NULL`);
  sql.exec(`${index}_given_up ON deliveries (webhook, dead_ms) WHERE dead_ms IS NOT NULL`);
  sql.exec(`CREATE TABLE IF NOT EXISTS holds (webhook TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID`);
  sql.exec(`CREATE TABLE IF NOT EXISTS groups (
    webhook TEXT NOT NULL, topic TEXT NOT NULL, due_ms INTEGER NOT NULL, PRIMARY KEY (webhook, topic)
  ) WITHOUT ROWID`);
  sql.exec(`CREATE TABLE IF NOT EXISTS outcomes (
    webhook TEXT NOT NULL, outcome TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (webhook, outcome)
  ) WITHOUT ROWID`);
}

/** What an alert is about: a symbol and a rule, whenever it fired. @param alert its id. */
export function subjectOf(alert: string): string {
  return alert.replace(/\d+$/, "");
}

/** What a change is grouped by. A spike goes alone. */
export function topicOf({ rule, state, id }: AlertChange): string {
  return rule === "spike" ? `${rule} ${id} ${state}` : `${rule} ${state}`;
}

/** Upgrades a table made before changes were grouped. */
function addTopics(sql: SqlStorage): void {
  if (sql.exec("SELECT * FROM deliveries LIMIT 0").columnNames.includes("topic")) return;
  sql.exec("ALTER TABLE deliveries ADD COLUMN topic TEXT NOT NULL DEFAULT ''");
  for (const row of sql.exec("SELECT * FROM deliveries").toArray()) {
    const delivery = parseDelivery(row);
    if (delivery === undefined) continue;
    sql.exec("UPDATE deliveries SET topic = ? WHERE seq = ?", topicOf(delivery.change), delivery.seq);
  }
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
