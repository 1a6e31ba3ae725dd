// Subscriptions to spikes in the alerts object's own database, and which spikes they were told.
import { logError } from "../../log.ts";
import type { Spike } from "../../spikes/spike-message.ts";
import { parseSubscription, type Subscription } from "./subscription.ts";

const MAX_SUBSCRIPTIONS = 100;

export class SubscriptionStore {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS subscriptions (
      id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, content TEXT NOT NULL
    ) WITHOUT ROWID`);
    sql.exec(`CREATE TABLE IF NOT EXISTS told_spikes (
      subscription TEXT NOT NULL, symbol TEXT NOT NULL, step INTEGER NOT NULL, PRIMARY KEY (subscription, symbol)
    ) WITHOUT ROWID`);
  }

  /** In the order in which they were made; unreadable ones are left out, and logged. */
  list(): Subscription[] {
    const rows = this.sql.exec("SELECT id, content FROM subscriptions ORDER BY created_ms, id").toArray();
    return rows.flatMap(({ id, content }) => parseRow(String(id), content) ?? []);
  }

  find(id: string): Subscription | undefined {
    const [row] = this.sql.exec("SELECT content FROM subscriptions WHERE id = ?", id).toArray();
    return row && parseRow(id, row["content"]);
  }

  get isFull(): boolean {
    const { n } = this.sql.exec("SELECT COUNT(*) AS n FROM subscriptions").one();
    return Number(n) >= MAX_SUBSCRIPTIONS;
  }

  /** Writes it anew, or in place of that of the same id. On another grid, its steps have other numbers. */
  save(subscription: Subscription): void {
    const { id, createdMs, grid } = subscription;
    if (this.find(id)?.grid !== grid) this.sql.exec("DELETE FROM told_spikes WHERE subscription = ?", id);
    this.sql.exec(
      "INSERT INTO subscriptions VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET content = excluded.content",
      ...[id, createdMs, JSON.stringify(subscription)],
    );
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    this.sql.exec("DELETE FROM told_spikes WHERE subscription = ?", id);
    return this.sql.exec("DELETE FROM subscriptions WHERE id = ? RETURNING id", id).toArray().length > 0;
  }

  /** Notes a spike. Returns whether it is news: a symbol's spikes come in the order of its steps. */
  note({ subscription, symbol, step }: Spike): boolean {
    const rows = this.sql.exec(
      `INSERT INTO told_spikes VALUES (?, ?, ?) ON CONFLICT (subscription, symbol)
        DO UPDATE SET step = excluded.step WHERE excluded.step > told_spikes.step RETURNING step`,
      ...[subscription, symbol, step],
    );
    return rows.toArray().length > 0;
  }

  /** Call it when a symbol was removed: it may begin again at an earlier step. */
  forgetSymbol(symbol: string): void {
    this.sql.exec("DELETE FROM told_spikes WHERE symbol = ?", symbol);
  }
}

function parseRow(id: string, content: unknown): Subscription | undefined {
  let found: Subscription | undefined;
  try {
    found = parseSubscription(JSON.parse(String(content)));
  } catch {
    // No JSON: as unreadable as another form.
  }
  if (found === undefined) logError("subscription_unreadable", { subscription: id });
  return found;
}
