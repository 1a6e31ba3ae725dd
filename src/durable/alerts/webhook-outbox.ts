// The queue of webhook messages in the alerts object's own database: waiting messages and dead letters. The time is a
// parameter.
import type { AlertChange } from "../../quality/alerts/alert-change.ts";
import { trimDeadLetters } from "./webhook-dead-letters.ts";
import { createDeliveryTables, type Delivery, parseDelivery } from "./webhook-delivery.ts";
import { MAX_AGE_MS, type Verdict } from "./webhook-retry.ts";

/** Attempts of one webhook by outcome, since the object was created. */
export interface DeliveryCount {
  readonly webhook: string;
  readonly outcome: "delivered" | "retried" | "dead";
  readonly count: number;
}

/** Most waiting messages per webhook: a further one is given up at once. */
const MAX_WAITING = 1000;
const UNTOLD = "its firing was not delivered";
const TOO_OLD = `not delivered within ${MAX_AGE_MS / 3_600_000} h`;

/** Messages of one alert are sent in queue order: a `resolved` is never sent before its `firing`. */
const HEAD = `dead_ms IS NULL AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier WHERE earlier.dead_ms IS NULL
  AND earlier.webhook = deliveries.webhook AND earlier.alert = deliveries.alert AND earlier.seq < deliveries.seq)`;

export class WebhookOutbox {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    createDeliveryTables(sql);
  }

  /**
   * Queues a message. A `resolved` is given up at once if its `firing` was given up: the receiver never got an alert to
   * resolve.
   */
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
    const isUntold = this.number(untold, webhook, change.id) > 0;
    if (!isUntold && waiting <= MAX_WAITING) return;
    this.bury(webhook, seq, isUntold ? UNTOLD : `${MAX_WAITING} messages wait already`, nowMs);
    trimDeadLetters(this.sql);
  }

  /**
   * The webhook's due message that has waited longest; `undefined` when none is due, or during a pause that the webhook
   * asked for. Gives up messages that are too old.
   */
  next(webhook: string, nowMs: number): Delivery | undefined {
    this.buryOld(webhook, nowMs);
    if (this.heldUntilMs(webhook) > nowMs) return undefined;
    const rows = this.sql.exec(
      `SELECT * FROM deliveries WHERE ${HEAD} AND webhook = ? AND next_ms <= ? ORDER BY next_ms, seq LIMIT 1`,
      webhook,
      nowMs,
    );
    return this.readable(rows.toArray(), nowMs)[0];
  }

  /** When each webhook's next message is due, but not before the end of a pause that the webhook asked for. */
  dueTimes(): { readonly webhook: string; readonly dueMs: number }[] {
    const due = `SELECT next_ms FROM deliveries WHERE ${HEAD} AND webhook = ? ORDER BY next_ms LIMIT 1`;
    return this.waitingWebhooks().map((webhook) => {
      const nextMs = Number(this.sql.exec(due, webhook).one()["next_ms"]);
      return { webhook, dueMs: Math.max(nextMs, this.heldUntilMs(webhook)) };
    });
  }

  /**
   * Counts an attempt before it is made, so that an attempt cut off by a crash is counted too. Until `untilMs` the
   * message is not due.
   */
  lease({ seq }: Delivery, untilMs: number): void {
    this.sql.exec("UPDATE deliveries SET attempts = attempts + 1, next_ms = ? WHERE seq = ?", untilMs, seq);
  }

  /**
   * Stores the outcome of an attempt.
   * @param holdUntilMs set when the webhook asked for a pause: no message, waiting or future, is sent to it before this
   * time.
   */
  settle({ seq, webhook }: Delivery, verdict: Verdict, nowMs: number, holdUntilMs?: number): void {
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
        trimDeadLetters(this.sql);
        break;
    }
    if (holdUntilMs === undefined) return;
    const hold = "INSERT INTO holds VALUES (?, ?) ON CONFLICT (webhook) DO UPDATE SET until_ms = excluded.until_ms";
    this.sql.exec(hold, webhook, holdUntilMs);
  }

  counts(): DeliveryCount[] {
    const rows = this.sql.exec("SELECT webhook, outcome, count FROM outcomes ORDER BY webhook, outcome").toArray();
    return rows.map((row) => ({
      webhook: String(row["webhook"]),
      outcome: row["outcome"] as DeliveryCount["outcome"],
      count: Number(row["count"]),
    }));
  }

  /** Number of waiting messages and dead letters by webhook. */
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

  /** Gives up a message and the later messages of its alert: the receiver never got an alert to resolve. */
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
  }

  private buryOld(webhook: string, nowMs: number): void {
    const oldest = `SELECT seq FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND created_ms < ?
      ORDER BY created_ms, seq LIMIT 1`;
    for (let buried = 0; ; buried++) {
      const [row] = this.sql.exec(oldest, webhook, nowMs - MAX_AGE_MS).toArray();
      if (row !== undefined) this.bury(webhook, Number(row["seq"]), TOO_OLD, nowMs);
      else if (buried > 0) return trimDeadLetters(this.sql);
      else return;
    }
  }

  /** Steps through the index from webhook to webhook instead of scanning every message. */
  private waitingWebhooks(): string[] {
    const after = "SELECT webhook FROM deliveries WHERE dead_ms IS NULL AND webhook > ? ORDER BY webhook LIMIT 1";
    const names: string[] = [];
    for (let name = ""; ; names.push(name)) {
      const [row] = this.sql.exec(after, name).toArray();
      if (row === undefined) return names;
      name = String(row["webhook"]);
    }
  }

  private heldUntilMs(webhook: string): number {
    const [row] = this.sql.exec("SELECT until_ms FROM holds WHERE webhook = ?", webhook).toArray();
    return row === undefined ? -Infinity : Number(row["until_ms"]);
  }

  private count(webhook: string, outcome: DeliveryCount["outcome"]): void {
    this.sql.exec(
      `INSERT INTO outcomes VALUES (?, ?, 1) ON CONFLICT (webhook, outcome) DO UPDATE SET count = count + 1`,
      webhook,
      outcome,
    );
  }

  /** Gives up unreadable rows, so that they do not block the queue. */
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
