// Messages that were given up, in the tables of the outbox: what there is, and sending one again.
import { type DeadLetter, parseDelivery } from "./webhook-delivery.ts";

/** Messages given up that are kept, of all webhooks. */
const MAX_DEAD = 1000;

/** What was given up, newest first; without what cannot be read. */
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
 * Queues a message that was given up again, as new, and with it what was given up of the same alert on the same
 * webhook, in order. Answers which; empty when no such message was given up.
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

/** Forgets the oldest where there are more than 1,000. */
export function trimDeadLetters(sql: SqlStorage): void {
  sql.exec(
    `DELETE FROM deliveries WHERE seq IN (SELECT seq FROM deliveries WHERE dead_ms IS NOT NULL
      ORDER BY dead_ms DESC, seq DESC LIMIT -1 OFFSET ?)`,
    MAX_DEAD,
  );
}
