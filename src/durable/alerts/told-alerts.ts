// Which webhooks know of which alerts, in the alerts object's own database: they got the beginning, or may have got it,
// and did not get the end. What is here is owed an end.

export class ToldAlerts {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS told (
      webhook TEXT NOT NULL, alert TEXT NOT NULL, PRIMARY KEY (webhook, alert)
    ) WITHOUT ROWID`);
    if (!hasIndex(sql)) takeOver(sql);
  }

  /** Returns whether it was not known before. */
  note(webhook: string, alert: string): boolean {
    const added = this.sql.exec("INSERT OR IGNORE INTO told VALUES (?, ?) RETURNING alert", webhook, alert);
    return added.toArray().length > 0;
  }

  has(webhook: string, alert: string): boolean {
    return this.sql.exec("SELECT 1 FROM told WHERE webhook = ? AND alert = ?", webhook, alert).toArray().length > 0;
  }

  /** Which webhooks know of an alert, also such as are configured no more. */
  webhooksOf(alert: string): string[] {
    const rows = this.sql.exec("SELECT webhook FROM told WHERE alert = ? ORDER BY webhook", alert).toArray();
    return rows.map(({ webhook }) => String(webhook));
  }

  forget(webhook: string, alert: string): void {
    this.sql.exec("DELETE FROM told WHERE webhook = ? AND alert = ?", webhook, alert);
  }

  /** Forgets alerts that fire no more and whose end does not wait. */
  forgetEnded(isFiring: (alert: string) => boolean): void {
    const waits = `SELECT 1 FROM deliveries WHERE dead_ms IS NULL AND deliveries.webhook = told.webhook
      AND deliveries.alert = told.alert AND topic LIKE '% resolved'`;
    for (const row of this.sql.exec(`SELECT webhook, alert FROM told WHERE NOT EXISTS (${waits})`).toArray()) {
      const alert = String(row["alert"]);
      if (!isFiring(alert)) this.forget(String(row["webhook"]), alert);
    }
  }

  /** Of one webhook. */
  count(webhook: string): number {
    return Number(this.sql.exec("SELECT COUNT(*) AS n FROM told WHERE webhook = ?", webhook).one()["n"]);
  }

  /** Alerts by webhook. */
  sizes(): { readonly webhook: string; readonly open: number }[] {
    const rows = this.sql.exec("SELECT webhook, COUNT(*) AS n FROM told GROUP BY webhook ORDER BY webhook").toArray();
    return rows.map(({ webhook, n }) => ({ webhook: String(webhook), open: Number(n) }));
  }
}

function hasIndex(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'told_alert'").toArray().length > 0;
}

/**
 * Once, in a database of before: a beginning that was attempted, and waits, may have arrived. What the receiver
 * answered was not kept.
 */
function takeOver(sql: SqlStorage): void {
  sql.exec("CREATE INDEX told_alert ON told (alert)");
  sql.exec(`INSERT OR IGNORE INTO told SELECT webhook, alert FROM deliveries
    WHERE dead_ms IS NULL AND attempts > 0 AND topic LIKE '% firing' AND topic NOT LIKE 'spike %'`);
}
