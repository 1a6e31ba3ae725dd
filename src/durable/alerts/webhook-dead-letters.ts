// Dead letters in the outbox's tables: messages that were given up. Lists them and requeues them.
import { type DeadLetter, parseDelivery } from "./webhook-delivery.ts";

/** Dead letters that are kept, over all webhooks. */
const MAX_DEAD = 1000;

/** Dead letters, newest first; unreadable rows are left out. */
export function readDeadLetters(sql: SqlStorage): DeadLetter[] {
  const rows = sql.exec("SELECT * FROM deliveries WHERE dead_ms IS NOT NULL ORDER BY dead_ms DESC, seq DESC");
  return rows.toArray().flatMap((row) => {
    const delivery = parseDelivery(row);
    return delivery === undefined
      ? []
      : [{ ...delivery, deadMs: Number(row["dead_ms"]), reason: String(row["reason"]) }];
  });
}

/**
 * Requeues a dead letter as a new message, together with the other dead letters of the same alert and webhook, in
 * order. Returns the requeued messages; empty when there is no such dead letter.
 */
export function requeueDeadLetter(sql: SqlStorage, seq: number, nowMs: number): DeadLetter[] {
  const letters = readDeadLetters(sql);
  const wanted = letters.find((letter) => letter.seq === seq);
  const again = letters.filter(({ webhook, change }) => webhook === wanted?.webhook && change.id === wanted.change.id);
  for (const letter of again) {
    sql.exec(
      `UPDATE deliveries SET attempts = 0, created_ms = ?, next_ms = ?, dead_ms = NULL, reason = NULL WHERE seq = ?`,
      nowMs,
      nowMs,
      letter.seq,
    );
  }
  return again.sort((a, b) => a.seq - b.seq);
}

/** Deletes the oldest dead letters beyond 1,000. */
export function trimDeadLetters(sql: SqlStorage): void {
  sql.exec(
    `DELETE FROM deliveries WHERE seq IN (SELECT seq FROM deliveries WHERE dead_ms IS NOT NULL
      ORDER BY dead_ms DESC, seq DESC LIMIT -1 OFFSET ?)`,
    MAX_DEAD,
  );
}
