// Dead letters in the outbox's tables: messages that were given up. Lists them and requeues them.
import { queueOf } from "./subscription.ts";
import { type DeadLetter, parseDelivery } from "./webhook-delivery.ts";

/** Dead letters of a configured webhook that are kept, and of a subscription, of which there may be many. */
const MAX_DEAD = 1000;
const MAX_DEAD_OF_SUBSCRIPTION = 100;
/** Dead letters in one answer. */
const MAX_LISTED = 1000;

/**
 * Dead letters, newest first, at most `MAX_LISTED`; unreadable rows are left out. Of several webhooks each gives its
 * newest ones, so that one with many does not hide those of another.
 */
export function readDeadLetters(sql: SqlStorage): DeadLetter[] {
  const rank = "ROW_NUMBER() OVER (PARTITION BY webhook ORDER BY dead_ms DESC, seq DESC) AS place";
  const listed = `SELECT * FROM (SELECT *, ${rank} FROM deliveries WHERE dead_ms IS NOT NULL)
    ORDER BY place, dead_ms DESC LIMIT ?`;
  const rows = sql.exec(`SELECT * FROM (${listed}) ORDER BY dead_ms DESC, seq DESC`, MAX_LISTED);
  return rows.toArray().flatMap((row) => parseLetter(row) ?? []);
}

function parseLetter(row: Record<string, SqlStorageValue>): DeadLetter | undefined {
  const delivery = parseDelivery(row);
  return delivery && { ...delivery, deadMs: Number(row["dead_ms"]), reason: String(row["reason"]) };
}

/**
 * Requeues a dead letter as a new message, together with the other dead letters of the same alert and webhook, in
 * order. Returns the requeued messages; empty when there is no such dead letter.
 */
export function requeueDeadLetter(sql: SqlStorage, seq: number, nowMs: number): DeadLetter[] {
  const [wanted] = sql
    .exec("SELECT webhook, alert FROM deliveries WHERE seq = ? AND dead_ms IS NOT NULL", seq)
    .toArray();
  if (wanted === undefined) return [];
  const ofAlert = "SELECT * FROM deliveries WHERE dead_ms IS NOT NULL AND webhook = ? AND alert = ? ORDER BY seq";
  const rows = sql.exec(ofAlert, wanted["webhook"]!, wanted["alert"]!).toArray();
  const again = rows.flatMap((row) => parseLetter(row) ?? []);
  for (const letter of again) {
    sql.exec(
      `UPDATE deliveries SET attempts = 0, created_ms = ?, next_ms = ?, dead_ms = NULL, reason = NULL WHERE seq = ?`,
      nowMs,
      nowMs,
      letter.seq,
    );
  }
  return again;
}

/** Deletes a webhook's oldest dead letters beyond its limit. */
export function trimDeadLetters(sql: SqlStorage, webhook: string): void {
  sql.exec(
    `DELETE FROM deliveries WHERE seq IN (SELECT seq FROM deliveries WHERE dead_ms IS NOT NULL AND webhook = ?
      ORDER BY dead_ms DESC, seq DESC LIMIT -1 OFFSET ?)`,
    webhook,
    webhook.startsWith(queueOf("")) ? MAX_DEAD_OF_SUBSCRIPTION : MAX_DEAD,
  );
}
