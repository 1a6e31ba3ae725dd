// The queue of changes for webhooks in the alerts object's own database: waiting ones and dead letters. Changes of one
// rule and state that are due together are one message. The time is a parameter.
import type { AlertChange } from "../../quality/alerts/alert-change.ts";
import { trimDeadLetters } from "./webhook-dead-letters.ts";
import { ToldAlerts } from "./told-alerts.ts";
import {
  createDeliveryTables,
  type Delivery,
  type DeliveryGroup,
  parseDelivery,
  subjectOf,
  topicOf,
} from "./webhook-delivery.ts";
import { MAX_AGE_MS, type Verdict } from "./webhook-retry.ts";

/**
 * Changes of one webhook by outcome of their attempts, since the object was created. `collapsed`: the alert ended while
 * its beginning waited, and that was not sent any more.
 */
export interface DeliveryCount {
  readonly webhook: string;
  readonly outcome: "delivered" | "retried" | "dead" | "collapsed";
  readonly count: number;
}

/**
 * Most alerts that are open at a webhook, because they wait for it or because it knows of them: a further firing is
 * given up at once, an end never. So what waits has a limit, and no end that is owed needs to be dropped.
 */
const MAX_OPEN = 10_000;
/** Most changes in one message. */
const MAX_GROUP = 500;
/** Changes of one message together, characters of what is stored. */
const MAX_GROUP_CHARS = 256 * 1024;
/** How often an end is sent again whose beginning the receiver knows, whatever it answers. */
const RESOLVE_AGAIN_MS = 15 * 60_000;
/** How long such ends are kept for a webhook that is not configured: a deployment may lack a secret for a while. */
const KEPT_UNCONFIGURED_DAYS = 7;
const UNTOLD = "its firing was not delivered";
const UNCONFIGURED = "no such webhook is configured any more";
const NEVER_RESOLVED = `for ${KEPT_UNCONFIGURED_DAYS} days; its firing was delivered, so redeliver this when it is`;
const TOO_OLD = `not delivered within ${MAX_AGE_MS / 3_600_000} h`;

/** Changes of one alert are sent in queue order: a `resolved` is never sent before its `firing`. */
const HEAD = `dead_ms IS NULL AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier WHERE earlier.dead_ms IS NULL
  AND earlier.webhook = deliveries.webhook AND earlier.alert = deliveries.alert AND earlier.seq < deliveries.seq)`;

/** What is known of who was sent a message. */
interface Receiver {
  /** Whether it said that it did not take the message; else it may have. */
  readonly hasRefused?: boolean;
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
  readonly told: ToldAlerts;
  private readonly sql: SqlStorage;
  /** Changes that are being sent, and whether that alone noted their alert as told. Lost with the attempt itself. */
  private readonly underWay = new Map<number, boolean>();
  /** Beginnings before which the end of their subject's alert before was tried, since their own last attempt. */
  private readonly ledByEnds = new Set<number>();
  /** At least what `openAt` would count, by webhook: it is counted anew only where this is the limit. */
  private readonly mostOpen = new Map<string, number>();

  constructor(sql: SqlStorage) {
    this.sql = sql;
    createDeliveryTables(sql);
    this.told = new ToldAlerts(sql);
  }

  /**
   * Queues a change. The first of its rule and state is due at once, later ones gather for the next message. A
   * `resolved` takes a `firing` that waits out of the queue, unless that is about to be sent for the first time, and
   * goes itself only where the receiver may know of the alert, or nothing is known of its `firing`: a webhook that has
   * another name now. One whose `firing` was given up is given up too: the receiver has nothing to resolve. A spike is
   * due at once, and its end takes nothing out.
   * @param gatherMs least time between two messages of a rule and state, ms.
   */
  add(webhook: string, change: AlertChange, nowMs: number, gatherMs = 0): void {
    const isSpike = change.rule === "spike";
    if (!isSpike && change.state === "resolved" && this.withdraw(webhook, change.id, nowMs)) {
      if (!this.told.has(webhook, change.id)) return;
    }
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
    if (this.told.has(webhook, change.id)) return;
    const untold = "SELECT COUNT(*) AS n FROM deliveries WHERE dead_ms IS NOT NULL AND webhook = ? AND alert = ?";
    const isUntold = this.number(untold, webhook, change.id) > 0;
    // Its firing may be under way: only then is it known whether the receiver waits for this end.
    if (!isUntold && (change.state === "resolved" || this.hasRoom(webhook))) return;
    this.bury(webhook, seq, isUntold ? UNTOLD : `${MAX_OPEN} alerts wait for it or are open at it already`, nowMs);
    trimDeadLetters(this.sql, webhook);
  }

  /**
   * Takes a firing that waits out of the queue, because its alert has ended: one that was attempted and is not under
   * way, or is not due yet. Returns whether there was one.
   */
  withdraw(webhook: string, alert: string, nowMs: number): boolean {
    const later = this.heldUntilMs(webhook) > nowMs ? -Infinity : nowMs;
    const query = `SELECT seq FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND alert = ?
      AND topic LIKE '% firing' AND (attempts > 0 OR next_ms > ?)`;
    const found = this.sql
      .exec(query, webhook, alert, later)
      .toArray()
      .map(({ seq }) => Number(seq));
    const [seq] = found.filter((one) => !this.underWay.has(one));
    if (seq === undefined) return false;
    this.remove(seq);
    this.count(webhook, "collapsed");
    return true;
  }

  /** Webhooks for which the beginning of an alert waits. */
  webhooksAwaiting(alert: string): string[] {
    const waiting = "SELECT webhook FROM deliveries WHERE dead_ms IS NULL AND alert = ? AND topic LIKE '% firing'";
    return this.sql
      .exec(waiting, alert)
      .toArray()
      .map(({ webhook }) => String(webhook));
  }

  /**
   * The webhook's next message: the due change that has waited longest, and what else of its rule and state is due.
   * `undefined` when none is due, or during a pause that the webhook asked for. Gives up changes that are too old.
   * @param most changes in it at most.
   */
  next(webhook: string, nowMs: number, most = MAX_GROUP): DeliveryGroup | undefined {
    this.buryOld(webhook, nowMs);
    if (this.heldUntilMs(webhook) > nowMs) return undefined;
    const due = `FROM deliveries WHERE ${HEAD} AND webhook = ? AND next_ms <= ?`;
    for (;;) {
      const [first] = this.sql.exec(`SELECT topic ${due} ORDER BY next_ms, seq LIMIT 1`, webhook, nowMs).toArray();
      if (first === undefined) return undefined;
      const rows = this.sql.exec(
        `SELECT * ${due} AND topic = ? ORDER BY next_ms, seq LIMIT ?`,
        ...[webhook, nowMs, first["topic"]!, Math.min(most, MAX_GROUP)],
      );
      const group = this.readable(withinChars(rows.toArray()), nowMs);
      const [head, ...others] = group;
      if (head !== undefined && !this.leadByEnds(webhook, group)) return [head, ...others];
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
   * @param wantsEnds whether the receiver is sent ends of alerts: it may know of these from now on.
   */
  lease(group: DeliveryGroup, untilMs: number, wantsEnds = true): void {
    for (const { seq, webhook, change } of group) {
      this.sql.exec("UPDATE deliveries SET attempts = attempts + 1, next_ms = ? WHERE seq = ?", untilMs, seq);
      const isNew = change.state === "firing" && wantsEnds && this.told.note(webhook, change.id);
      this.underWay.set(seq, isNew);
      this.ledByEnds.delete(seq);
    }
  }

  /** Stores the outcome of an attempt at one change. */
  settle(delivery: Delivery, verdict: Verdict, nowMs: number, receiver: Receiver = {}): void {
    const { seq, webhook, change } = delivery;
    const { hasRefused = true, wantsEnds = true } = receiver;
    const isNewlyTold = this.underWay.get(seq) === true;
    this.underWay.delete(seq);
    if (change.state === "firing" && wantsEnds && (verdict.kind === "delivered" || !hasRefused)) {
      this.told.note(webhook, change.id);
    } else if (isNewlyTold) this.told.forget(webhook, change.id);
    switch (verdict.kind) {
      case "delivered":
        this.remove(seq);
        if (change.state === "resolved") this.close(webhook, change);
        this.count(webhook, "delivered");
        break;
      case "retry":
        this.postpone(seq, verdict.atMs);
        this.count(webhook, "retried");
        if (change.rule !== "spike" && change.state === "firing") this.collapse(webhook, change.id, nowMs);
        break;
      case "dead":
        this.bury(webhook, seq, verdict.reason, nowMs);
        if (this.isWaiting(seq)) this.count(webhook, "retried");
        trimDeadLetters(this.sql, webhook);
        break;
    }
  }

  /** Takes ends out of the queue whose webhook wants none any more. */
  release(ends: DeliveryGroup): void {
    for (const { seq, webhook, change } of ends) {
      this.remove(seq);
      this.told.forget(webhook, change.id);
    }
  }

  /** Makes due at once what waits to be tried again: the webhook has just taken a message. */
  revive(webhook: string, nowMs: number): void {
    const waiting = "dead_ms IS NULL AND webhook = ? AND next_ms > ? AND attempts > 0";
    this.sql.exec(`UPDATE deliveries SET next_ms = ? WHERE ${waiting}`, nowMs, webhook, nowMs);
  }

  /** Until then nothing, waiting or future, is sent to the webhook, because it asked for that. */
  hold(webhook: string, untilMs: number): void {
    const hold = "INSERT INTO holds VALUES (?, ?) ON CONFLICT (webhook) DO UPDATE SET until_ms = excluded.until_ms";
    this.sql.exec(hold, webhook, untilMs);
  }

  /** Gives up everything for a webhook that is configured no more, but ends that it is owed only after some days. */
  abandon(webhook: string, nowMs: number): void {
    const rows = this.sql.exec(
      "SELECT seq, alert, created_ms FROM deliveries WHERE dead_ms IS NULL AND webhook = ?",
      webhook,
    );
    for (const { seq, alert, created_ms: createdMs } of rows.toArray()) {
      const isOver = nowMs - Number(createdMs) >= KEPT_UNCONFIGURED_DAYS * 86_400_000;
      const isOwed = this.told.has(webhook, String(alert));
      if (isOwed && isOver) this.told.forget(webhook, String(alert));
      this.bury(webhook, Number(seq), isOwed && isOver ? `${UNCONFIGURED} ${NEVER_RESOLVED}` : UNCONFIGURED, nowMs);
    }
    trimDeadLetters(this.sql, webhook);
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
   * alert that the receiver knows is not given up, but tried again.
   */
  private bury(webhook: string, seq: number, reason: string, nowMs: number): void {
    const [row] = this.sql.exec("SELECT alert, dead_ms FROM deliveries WHERE seq = ?", seq).toArray();
    if (row === undefined || row["dead_ms"] !== null) return;
    const alert = String(row["alert"]);
    const isTold = this.told.has(webhook, alert);
    const following =
      "SELECT seq, topic FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND alert = ? AND seq >= ?";
    for (const later of this.sql.exec(following, webhook, alert, seq).toArray()) {
      if (isTold && String(later["topic"]).endsWith(" resolved")) {
        if (later["seq"] === seq) this.postpone(seq, nowMs + RESOLVE_AGAIN_MS);
        continue;
      }
      const why = later["seq"] === seq ? reason : UNTOLD;
      this.sql.exec("UPDATE deliveries SET dead_ms = ?, reason = ? WHERE seq = ?", nowMs, why, later["seq"]!);
      this.count(webhook, "dead");
    }
  }

  /** After a firing that did not arrive: where its alert has ended meanwhile, only the end may go. */
  private collapse(webhook: string, alert: string, nowMs: number): void {
    const ends =
      "SELECT seq FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND alert = ? AND topic LIKE '% resolved'";
    const [end] = this.sql.exec(ends, webhook, alert).toArray();
    if (end === undefined || !this.withdraw(webhook, alert, nowMs)) return;
    if (!this.told.has(webhook, alert)) this.remove(Number(end["seq"]));
  }

  /**
   * Makes ends due that wait to be tried again, where a later alert of the same subject is about to be sent: what a
   * receiver is told last is then how things are. Once for each attempt at the later alert: an end that is refused does
   * not hold it up. Returns whether there are such ends.
   */
  private leadByEnds(webhook: string, group: readonly Delivery[]): boolean {
    const [first] = group;
    if (first === undefined || first.change.state !== "firing" || first.change.rule === "spike") return false;
    const seqs = new Map(group.map(({ seq, change }) => [subjectOf(change.id), seq]));
    const waiting = "SELECT seq, alert FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND topic = ?";
    const topic = topicOf({ ...first.change, state: "resolved" });
    const led = new Set<number>();
    for (const { seq, alert } of this.sql.exec(waiting, webhook, topic).toArray()) {
      const later = seqs.get(subjectOf(String(alert)));
      if (later === undefined || Number(seq) > later || this.ledByEnds.has(later)) continue;
      // Before everything else that is due.
      this.postpone(Number(seq), 0);
      led.add(later);
    }
    for (const seq of led) this.ledByEnds.add(seq);
    return led.size > 0;
  }

  /**
   * The receiver has the end of an alert. A beginning of it that was given up must not be sent again: nothing would end
   * it.
   */
  private close(webhook: string, { id, rule }: AlertChange): void {
    this.told.forget(webhook, id);
    const beginnings = "dead_ms IS NOT NULL AND webhook = ? AND alert = ? AND topic LIKE '% firing'";
    if (rule !== "spike") this.sql.exec(`DELETE FROM deliveries WHERE ${beginnings}`, webhook, id);
  }

  private isWaiting(seq: number): boolean {
    return this.number("SELECT COUNT(*) AS n FROM deliveries WHERE dead_ms IS NULL AND seq = ?", seq) > 0;
  }

  private remove(seq: number): void {
    this.ledByEnds.delete(seq);
    this.sql.exec("DELETE FROM deliveries WHERE seq = ?", seq);
  }

  /** Whether an alert that was just queued is within the limit. */
  private hasRoom(webhook: string): boolean {
    const before = this.mostOpen.get(webhook) ?? MAX_OPEN;
    const open = before < MAX_OPEN ? before + 1 : this.openAt(webhook);
    this.mostOpen.set(webhook, open);
    return open <= MAX_OPEN;
  }

  /** Alerts that wait for the webhook or that it knows of, each once. */
  private openAt(webhook: string): number {
    const waiting = `SELECT COUNT(*) AS n FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND topic LIKE '% firing'
      AND NOT EXISTS (SELECT 1 FROM told WHERE told.webhook = deliveries.webhook AND told.alert = deliveries.alert)`;
    return this.number(waiting, webhook) + this.told.count(webhook);
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

  private buryOld(webhook: string, nowMs: number): void {
    // An end that the receiver waits for does not grow too old.
    const oldest = `SELECT seq FROM deliveries WHERE dead_ms IS NULL AND webhook = ? AND created_ms < ?
      AND NOT (topic LIKE '% resolved'
        AND EXISTS (SELECT 1 FROM told WHERE told.webhook = deliveries.webhook AND told.alert = deliveries.alert))
      ORDER BY created_ms, seq LIMIT 1`;
    for (let buried = 0; ; buried++) {
      const [row] = this.sql.exec(oldest, webhook, nowMs - MAX_AGE_MS).toArray();
      if (row !== undefined) this.bury(webhook, Number(row["seq"]), TOO_OLD, nowMs);
      else if (buried > 0) return trimDeadLetters(this.sql, webhook);
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

/** The first of the rows whose changes fit one message; one at least. */
function withinChars(rows: readonly Record<string, SqlStorageValue>[]): readonly Record<string, SqlStorageValue>[] {
  let chars = 0;
  const end = rows.findIndex(({ change }, i) => (chars += String(change).length) > MAX_GROUP_CHARS && i > 0);
  return end < 0 ? rows : rows.slice(0, end);
}
