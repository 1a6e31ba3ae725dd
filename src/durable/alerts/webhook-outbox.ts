// The queue of changes for webhooks in the alerts object's own database: waiting ones and dead letters. Changes of one
// rule and state that are due together are one message. The time is a parameter.
import type { AlertChange } from "../../quality/alerts/alert-change.ts";
import { trimDeadLetters } from "./webhook-dead-letters.ts";
import { createDeliveryTables, type Delivery, type DeliveryGroup, parseDelivery, topicOf } from "./webhook-delivery.ts";
import { MAX_AGE_MS, type Verdict } from "./webhook-retry.ts";

/**
 * Changes of one webhook by outcome of their attempts, since the object was created. `collapsed`: the alert began and
 * ended while it waited for its first attempt, and nothing was sent.
 */
export interface DeliveryCount {
  readonly webhook: string;
  readonly outcome: "delivered" | "retried" | "dead" | "collapsed";
  readonly count: number;
}

/** Most waiting changes per webhook: a further firing is given up at once, an end never. */
const MAX_WAITING = 10_000;
/** Most changes in one message. */
const MAX_GROUP = 500;
/** How often an end is sent again whose beginning the receiver knows, when all other attempts are over. */
const RESOLVE_AGAIN_MS = 3_600_000;
/** It is given up when an attempt at this age fails. */
const RESOLVE_FOR_DAYS = 7;
const RESOLVE_FOR_MS = RESOLVE_FOR_DAYS * 86_400_000;
const UNTOLD = "its firing was not delivered";
const NEVER_RESOLVED =
  `tried for ${RESOLVE_FOR_DAYS} days; its firing was delivered, ` +
  "so redeliver this when the webhook answers; the last: ";
const TOO_OLD = `not delivered within ${MAX_AGE_MS / 3_600_000} h`;

/** Changes of one alert are sent in queue order: a `resolved` is never sent before its `firing`. */
const HEAD = `dead_ms IS NULL AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier WHERE earlier.dead_ms IS NULL
  AND earlier.webhook = deliveries.webhook AND earlier.alert = deliveries.alert AND earlier.seq < deliveries.seq)`;

/** What is known of who was sent a message. */
interface Receiver {
  /** Whether it answered: one that did not may have got the message. */
  readonly isAnswered?: boolean;
  /** Whether it is sent the end of an alert. */
  readonly wantsEnds?: boolean;
}

interface Gathering {
  readonly webhook: string;
  readonly topic: string;
  readonly nowMs: number;
  readonly gatherMs: number;
}

export class WebhookOutbox {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    createDeliveryTables(sql);
  }

  /**
   * Queues a change. The first of its rule and state is due at once, later ones gather for the next message. A
   * `resolved` whose `firing` is not due yet and was never attempted takes it out of the queue; one whose `firing` was
   * refused is given up: the receiver has nothing to resolve. A spike is due at once, and its end takes nothing out.
   * @param gatherMs least time between two messages of a rule and state, ms.
   */
  add(webhook: string, change: AlertChange, nowMs: number, gatherMs = 0): void {
    const isSpike = change.rule === "spike";
    if (!isSpike && change.state === "resolved" && this.collapse(webhook, change.id, nowMs)) return;
    const topic = topicOf(change);
    this.sql.exec(
      `INSERT INTO deliveries (webhook, alert, change, attempts, created_ms, next_ms, topic)
        VALUES (?, ?, ?, 0, ?, ?, ?)`,
      webhook,
      change.id,
      JSON.stringify(change),
      nowMs,
      isSpike ? nowMs : this.gatherUntilMs({ webhook, topic, nowMs, gatherMs }),
      topic,
    );
    const seq = this.number("SELECT last_insert_rowid() AS n");
    if (this.isTold(webhook, change.id)) return;
    const waiting = this.number("SELECT COUNT(*) AS n FROM deliveries WHERE dead_ms IS NULL AND webhook = ?", webhook);
    const untold = "SELECT COUNT(*) AS n FROM deliveries WHERE dead_ms IS NOT NULL AND webhook = ? AND alert = ?";
    const isUntold = this.number(untold, webhook, change.id) > 0;
    // Its firing may be under way: only then is it known whether the receiver waits for this end.
    if (!isUntold && (change.state === "resolved" || waiting <= MAX_WAITING)) return;
    this.bury(webhook, seq, isUntold ? UNTOLD : `${MAX_WAITING} messages wait already`, nowMs);
    trimDeadLetters(this.sql);
  }

  /**
   * The webhook's next message: the due change that has waited longest, and what else of its rule and state is due.
   * `undefined` when none is due, or during a pause that the webhook asked for. Gives up changes that are too old.
   */
  next(webhook: string, nowMs: number): DeliveryGroup | undefined {
    this.buryOld(webhook, nowMs);
    if (this.heldUntilMs(webhook) > nowMs) return undefined;
    const due = `FROM deliveries WHERE ${HEAD} AND webhook = ? AND next_ms <= ?`;
    for (;;) {
      const [first] = this.sql.exec(`SELECT topic ${due} ORDER BY next_ms, seq LIMIT 1`, webhook, nowMs).toArray();
      if (first === undefined) return undefined;
      const rows = this.sql.exec(
        `SELECT * ${due} AND topic = ? ORDER BY next_ms, seq LIMIT ?`,
        ...[webhook, nowMs, first["topic"]!, MAX_GROUP],
      );
      const [head, ...others] = this.readable(rows.toArray(), nowMs);
      if (head !== undefined) return [head, ...others];
    }
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
  lease(group: DeliveryGroup, untilMs: number): void {
    for (const { seq } of group) {
      this.sql.exec("UPDATE deliveries SET attempts = attempts + 1, next_ms = ? WHERE seq = ?", untilMs, seq);
    }
  }

  /** Stores the outcome of an attempt at one change. */
  settle(delivery: Delivery, verdict: Verdict, nowMs: number, receiver: Receiver = {}): void {
    const { seq, webhook, change } = delivery;
    const { isAnswered = true, wantsEnds = true } = receiver;
    if (change.state === "firing" && wantsEnds && (verdict.kind === "delivered" || !isAnswered)) {
      this.sql.exec("INSERT OR IGNORE INTO told VALUES (?, ?)", webhook, change.id);
    }
    switch (verdict.kind) {
      case "delivered":
        this.sql.exec("DELETE FROM deliveries WHERE seq = ?", seq);
        if (change.state === "resolved") this.forget(webhook, change.id);
        this.count(webhook, "delivered");
        break;
      case "retry":
        this.postpone(seq, verdict.atMs);
        this.count(webhook, "retried");
        break;
      case "dead":
        this.bury(webhook, seq, verdict.reason, nowMs);
        trimDeadLetters(this.sql);
        break;
    }
  }

  /** Until then nothing, waiting or future, is sent to the webhook, because it asked for that. */
  hold(webhook: string, untilMs: number): void {
    const hold = "INSERT INTO holds VALUES (?, ?) ON CONFLICT (webhook) DO UPDATE SET until_ms = excluded.until_ms";
    this.sql.exec(hold, webhook, untilMs);
  }

  /** Gives up everything for a webhook that is configured no more. */
  abandon(webhook: string, nowMs: number): void {
    this.sql.exec("DELETE FROM told WHERE webhook = ?", webhook);
    const rows = this.sql.exec("SELECT seq FROM deliveries WHERE dead_ms IS NULL AND webhook = ?", webhook).toArray();
    for (const row of rows) {
      this.bury(webhook, Number(row["seq"]), "no such webhook is configured any more", nowMs);
    }
    trimDeadLetters(this.sql);
  }

  /** Whether a change still is in the queue or a dead letter: it is not once its webhook was dropped. */
  has({ seq }: Delivery): boolean {
    return this.number("SELECT COUNT(*) AS n FROM deliveries WHERE seq = ?", seq) > 0;
  }

  /** Removes all that there is of a webhook: what waits, its dead letters and its counts. */
  drop(webhook: string): void {
    for (const table of ["deliveries", "holds", "told", "groups", "outcomes"]) {
      this.sql.exec(`DELETE FROM ${table} WHERE webhook = ?`, webhook);
    }
  }

  /** The webhook gets no end of this alert. */
  forget(webhook: string, alert: string): void {
    this.sql.exec("DELETE FROM told WHERE webhook = ? AND alert = ?", webhook, alert);
  }

  /** Forgets who knows of an alert that fires no more and whose end does not wait. */
  forgetEnded(isFiring: (alert: string) => boolean): void {
    const waits = `SELECT 1 FROM deliveries WHERE dead_ms IS NULL AND deliveries.webhook = told.webhook
      AND deliveries.alert = told.alert AND topic LIKE '% resolved'`;
    for (const row of this.sql.exec(`SELECT webhook, alert FROM told WHERE NOT EXISTS (${waits})`).toArray()) {
      const alert = String(row["alert"]);
      if (!isFiring(alert)) this.forget(String(row["webhook"]), alert);
    }
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

  /**
   * Gives up a change, and the later changes of its alert: the receiver never got an alert to resolve. The end of an
   * alert that the receiver knows is tried again for seven days.
   */
  private bury(webhook: string, seq: number, reason: string, nowMs: number): void {
    const [row] = this.sql.exec("SELECT alert, dead_ms, created_ms FROM deliveries WHERE seq = ?", seq).toArray();
    if (row === undefined || row["dead_ms"] !== null) return;
    const alert = String(row["alert"]);
    const isTold = this.isTold(webhook, alert);
    const isOver = nowMs - Number(row["created_ms"]) >= RESOLVE_FOR_MS;
    const following =
      "SELECT seq, topic FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND alert = ? AND seq >= ?";
    for (const later of this.sql.exec(following, webhook, alert, seq).toArray()) {
      const isOwed = isTold && String(later["topic"]).endsWith(" resolved");
      if (isOwed && !(later["seq"] === seq && isOver)) {
        if (later["seq"] === seq) this.postpone(seq, nowMs + RESOLVE_AGAIN_MS);
        continue;
      }
      if (isOwed) this.forget(webhook, alert);
      const why = isOwed ? NEVER_RESOLVED + reason : later["seq"] === seq ? reason : UNTOLD;
      this.sql.exec("UPDATE deliveries SET dead_ms = ?, reason = ? WHERE seq = ?", nowMs, why, later["seq"]!);
      this.count(webhook, "dead");
    }
  }

  /** Takes a firing that is not due yet and was never attempted out of the queue; whether there was one. */
  private collapse(webhook: string, alert: string, nowMs: number): boolean {
    const fresh = "dead_ms IS NULL AND attempts = 0 AND webhook = ? AND alert = ? AND topic LIKE '% firing'";
    const later = this.heldUntilMs(webhook) > nowMs ? -Infinity : nowMs;
    const query = `DELETE FROM deliveries WHERE ${fresh} AND next_ms > ? RETURNING seq`;
    if (this.sql.exec(query, webhook, alert, later).toArray().length === 0) return false;
    this.count(webhook, "collapsed");
    return true;
  }

  /** When a new change is due: at once, or with the others that are gathered. */
  private gatherUntilMs({ webhook, topic, nowMs, gatherMs }: Gathering): number {
    const rows = this.sql.exec("SELECT due_ms FROM groups WHERE webhook = ? AND topic = ?", webhook, topic).toArray();
    const lastMs = rows.length === 0 ? -Infinity : Number(rows[0]!["due_ms"]);
    // A message that is not due yet takes it along. A clock that was set back makes it wait no longer than others.
    const nextMs = lastMs >= nowMs ? Math.min(lastMs, nowMs + gatherMs) : Math.max(nowMs, lastMs + gatherMs);
    this.sql.exec(
      "INSERT INTO groups VALUES (?, ?, ?) ON CONFLICT (webhook, topic) DO UPDATE SET due_ms = excluded.due_ms",
      webhook,
      topic,
      nextMs,
    );
    return nextMs;
  }

  private postpone(seq: number, untilMs: number): void {
    this.sql.exec("UPDATE deliveries SET next_ms = ? WHERE seq = ?", untilMs, seq);
  }

  private isTold(webhook: string, alert: string): boolean {
    return this.number("SELECT COUNT(*) AS n FROM told WHERE webhook = ? AND alert = ?", webhook, alert) > 0;
  }

  private buryOld(webhook: string, nowMs: number): void {
    // An end that the receiver waits for does not grow too old.
    const oldest = `SELECT seq FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND created_ms < ?
      AND NOT (topic LIKE '% resolved'
        AND EXISTS (SELECT 1 FROM told WHERE told.webhook = deliveries.webhook AND told.alert = deliveries.alert))
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
