// Messages that wait for a webhook, and those given up, in the alerts object's own database. The clock is handed in.
import { type AlertChange, parseAlertChange } from "../quality/alert-change.ts";
import type { Verdict } from "./webhook-retry.ts";

/** A message for one webhook. */
export interface Delivery {
  readonly seq: number;
  readonly webhook: string;
  readonly change: AlertChange;
  /** Made so far. */
  readonly attempts: number;
  readonly createdMs: number;
}

/** A message given up. */
export interface DeadLetter extends Delivery {
  readonly deadMs: number;
  readonly reason: string;
}

/** Attempts of one webhook by what came of them, since ever. */
export interface DeliveryCount {
  readonly webhook: string;
  readonly outcome: "delivered" | "retried" | "dead";
  readonly count: number;
}

/** Messages that wait for one webhook, at most: a further one is given up at once. */
const MAX_WAITING = 1000;
/** Messages given up that are kept, of all webhooks. */
const MAX_DEAD = 1000;
const UNTOLD = "its firing was not delivered";

/** Of one alert, a message goes after those queued before it: a resolved never overtakes its firing. */
const HEAD = `dead_ms IS NULL AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier WHERE earlier.dead_ms IS NULL
  AND earlier.webhook = deliveries.webhook AND earlier.alert = deliveries.alert AND earlier.seq < deliveries.seq)`;

export class WebhookOutbox {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS deliveries (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, webhook TEXT NOT NULL, alert TEXT NOT NULL, change TEXT NOT NULL,
      attempts INTEGER NOT NULL, created_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, dead_ms INTEGER, reason TEXT
    )`);
    sql.exec(`CREATE TABLE IF NOT EXISTS outcomes (
      webhook TEXT NOT NULL, outcome TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (webhook, outcome)
    ) WITHOUT ROWID`);
  }

  /** Queues a message. One whose firing was given up is given up with it: its receiver knows of nothing to resolve. */
  add(webhook: string, change: AlertChange, nowMs: number): void {
    this.sql.exec(
      "INSERT INTO deliveries (webhook, alert, change, attempts, created_ms, next_ms) VALUES (?, ?, ?, 0, ?, ?)",
      webhook,
      change.id,
      JSON.stringify(change),
      nowMs,
      nowMs,
    );
    const seq = this.number("SELECT last_insert_rowid() AS n");
    const waiting = this.number("SELECT COUNT(*) AS n FROM deliveries WHERE dead_ms IS NULL AND webhook = ?", webhook);
    const untold = "SELECT COUNT(*) AS n FROM deliveries WHERE dead_ms IS NOT NULL AND webhook = ? AND alert = ?";
    if (this.number(untold, webhook, change.id) > 0) this.bury(webhook, seq, UNTOLD, nowMs);
    else if (waiting > MAX_WAITING) this.bury(webhook, seq, `${MAX_WAITING} messages wait already`, nowMs);
  }

  /** The message of a webhook that is due and has waited longest; `undefined` for none. */
  next(webhook: string, nowMs: number): Delivery | undefined {
    const rows = this.sql.exec(
      `SELECT * FROM deliveries WHERE ${HEAD} AND webhook = ? AND next_ms <= ? ORDER BY next_ms, seq LIMIT 1`,
      webhook,
      nowMs,
    );
    return this.readable(rows.toArray(), nowMs)[0];
  }

  /** When each webhook's next message is due. */
  dueTimes(): { readonly webhook: string; readonly dueMs: number }[] {
    const rows = this.sql.exec(`SELECT webhook, MIN(next_ms) AS due FROM deliveries WHERE ${HEAD} GROUP BY webhook`);
    return rows.toArray().map(({ webhook, due }) => ({ webhook: String(webhook), dueMs: Number(due) }));
  }

  /**
   * Counts an attempt before it is made, so that one that ends with this process is counted too; until then nobody else
   * takes the message.
   */
  lease({ seq }: Delivery, untilMs: number): void {
    this.sql.exec("UPDATE deliveries SET attempts = attempts + 1, next_ms = ? WHERE seq = ?", untilMs, seq);
  }

  /**
   * Writes down what became of a message.
   * @param holdUntilMs set when the webhook asked for a pause: none of its messages goes before.
   */
  settle({ seq, webhook }: Delivery, verdict: Verdict, nowMs: number, holdUntilMs = 0): void {
    switch (verdict.kind) {
      case "delivered":
        this.sql.exec("DELETE FROM deliveries WHERE seq = ?", seq);
        this.count(webhook, "delivered");
        break;
      case "retry":
        this.sql.exec("UPDATE deliveries SET next_ms = ? WHERE seq = ?", verdict.atMs, seq);
        this.count(webhook, "retried");
        break;
      case "dead":
        this.bury(webhook, seq, verdict.reason, nowMs);
        break;
    }
    this.sql.exec(
      "UPDATE deliveries SET next_ms = MAX(next_ms, ?) WHERE webhook = ? AND dead_ms IS NULL",
      holdUntilMs,
      webhook,
    );
  }

  /** What was given up, newest first. */
  deadLetters(): DeadLetter[] {
    const rows = this.sql.exec("SELECT * FROM deliveries WHERE dead_ms IS NOT NULL ORDER BY dead_ms DESC, seq DESC");
    return rows.toArray().flatMap((row) => {
      const delivery = parseDelivery(row);
      return delivery === undefined
        ? []
        : [{ ...delivery, deadMs: Number(row["dead_ms"]), reason: String(row["reason"]) }];
    });
  }

  /**
   * Queues a message that was given up again, as new, and with it what was given up of the same alert on the same
   * webhook, in order. Answers which; empty when no such message was given up.
   */
  redeliver(seq: number, nowMs: number): DeadLetter[] {
    const letters = this.deadLetters();
    const wanted = letters.find((letter) => letter.seq === seq);
    const again = letters.filter(
      ({ webhook, change }) => webhook === wanted?.webhook && change.id === wanted.change.id,
    );
    for (const letter of again) {
      this.sql.exec(
        `UPDATE deliveries SET attempts = 0, created_ms = ?, next_ms = ?, dead_ms = NULL, reason = NULL WHERE seq = ?`,
        nowMs,
        nowMs,
        letter.seq,
      );
    }
    return again.reverse();
  }

  counts(): DeliveryCount[] {
    const rows = this.sql.exec("SELECT webhook, outcome, count FROM outcomes ORDER BY webhook, outcome").toArray();
    return rows.map((row) => ({
      webhook: String(row["webhook"]),
      outcome: row["outcome"] as DeliveryCount["outcome"],
      count: Number(row["count"]),
    }));
  }

  /** Messages by webhook: those that wait, and those given up. */
  sizes(): { readonly webhook: string; readonly waiting: number; readonly dead: number }[] {
    const rows = this.sql.exec(
      "SELECT webhook, COUNT(*) - COUNT(dead_ms) AS waiting, COUNT(dead_ms) AS dead FROM deliveries GROUP BY webhook",
    );
    return rows.toArray().map(({ webhook, waiting, dead }) => ({
      webhook: String(webhook),
      waiting: Number(waiting),
      dead: Number(dead),
    }));
  }

  private bury(webhook: string, seq: number, reason: string, nowMs: number): void {
    const give = "UPDATE deliveries SET dead_ms = ?, reason = ? WHERE seq = ?";
    this.sql.exec(give, nowMs, reason, seq);
    this.count(webhook, "dead");
    const later = this.sql.exec(
      `SELECT seq FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND seq > ?
        AND alert = (SELECT alert FROM deliveries WHERE seq = ?)`,
      webhook,
      seq,
      seq,
    );
    for (const row of later.toArray()) {
      this.sql.exec(give, nowMs, UNTOLD, row["seq"]);
      this.count(webhook, "dead");
    }
    this.sql.exec(
      `DELETE FROM deliveries WHERE dead_ms IS NOT NULL AND seq NOT IN
        (SELECT seq FROM deliveries WHERE dead_ms IS NOT NULL ORDER BY dead_ms DESC, seq DESC LIMIT ?)`,
      MAX_DEAD,
    );
  }

  private count(webhook: string, outcome: DeliveryCount["outcome"]): void {
    this.sql.exec(
      `INSERT INTO outcomes VALUES (?, ?, 1) ON CONFLICT (webhook, outcome) DO UPDATE SET count = count + 1`,
      webhook,
      outcome,
    );
  }

  /** What cannot be read is given up, so that it does not stand in the way for ever. */
  private readable(rows: readonly Record<string, SqlStorageValue>[], nowMs: number): Delivery[] {
    return rows.flatMap((row) => {
      const delivery = parseDelivery(row);
      if (delivery === undefined) this.bury(String(row["webhook"]), Number(row["seq"]), "unreadable", nowMs);
      return delivery ?? [];
    });
  }

  private number(query: string, ...bindings: SqlStorageValue[]): number {
    return Number(this.sql.exec(query, ...bindings).one()["n"]);
  }
}

function parseDelivery(row: Record<string, SqlStorageValue>): Delivery | undefined {
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
