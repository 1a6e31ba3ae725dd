// Firing and resolved alerts, in the alerts object's own database. Recording the same change twice changes nothing.
import { type AlertChange, parseAlertChange } from "../../quality/alerts/alert-change.ts";

/** An alert, from its beginning to its end if it has one. */
export interface LoggedAlert {
  readonly firing: AlertChange;
  readonly resolved: AlertChange | null;
}

/** Resolved alerts that are kept. */
export const MAX_RECENT = 200;
/** Firing alerts in one answer. */
export const MAX_LISTED = 1000;

export class AlertLog {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS alerts (
      id TEXT PRIMARY KEY, symbol TEXT NOT NULL, rule TEXT NOT NULL, changed_ms INTEGER NOT NULL,
      firing TEXT NOT NULL, resolved TEXT
    ) WITHOUT ROWID`);
    sql.exec("CREATE INDEX IF NOT EXISTS alerts_active ON alerts (symbol, rule) WHERE resolved IS NULL");
    sql.exec("CREATE INDEX IF NOT EXISTS alerts_begun ON alerts (changed_ms, id) WHERE resolved IS NULL");
    sql.exec("CREATE INDEX IF NOT EXISTS alerts_ended ON alerts (changed_ms DESC, id) WHERE resolved IS NOT NULL");
  }

  /**
   * Records a change. Returns it under the id of the logged alert; `undefined` when it is not new.
   *
   * At most one alert per rule and symbol fires at a time. A reporter that lost its state fires again under another id:
   * this is treated as the same alert, and resolving the later id resolves it.
   */
  record(change: AlertChange): AlertChange | undefined {
    const active = this.activeOf(change.symbol, change.rule);
    if (change.state === "firing") {
      if (active !== undefined || this.has(change.id)) return undefined;
      const { id, symbol, rule, atMs } = change;
      const text = JSON.stringify(change);
      this.sql.exec("INSERT INTO alerts VALUES (?, ?, ?, ?, ?, NULL)", id, symbol, rule, atMs, text);
      return change;
    }
    if (active === undefined || (active.id !== change.id && (this.has(change.id) || change.atMs < active.atMs))) {
      return undefined;
    }
    const { id, sinceMs } = active;
    const resolved = { ...change, id, sinceMs };
    const text = JSON.stringify(resolved);
    this.sql.exec("UPDATE alerts SET resolved = ?, changed_ms = ? WHERE id = ?", text, change.atMs, id);
    this.sql.exec(
      `DELETE FROM alerts WHERE id IN
        (SELECT id FROM alerts WHERE resolved IS NOT NULL ORDER BY changed_ms DESC, id LIMIT -1 OFFSET ?)`,
      MAX_RECENT,
    );
    return resolved;
  }

  /** Firing alerts of one symbol or of all, oldest first. */
  active(symbol?: string): AlertChange[] {
    const rows =
      symbol === undefined
        ? this.sql.exec("SELECT firing FROM alerts WHERE resolved IS NULL ORDER BY changed_ms, id LIMIT ?", MAX_LISTED)
        : this.sql.exec("SELECT firing FROM alerts WHERE resolved IS NULL AND symbol = ? ORDER BY changed_ms", symbol);
    return rows.toArray().flatMap(({ firing }) => parseText(firing) ?? []);
  }

  isFiring(id: string): boolean {
    return this.sql.exec("SELECT 1 FROM alerts WHERE id = ? AND resolved IS NULL", id).toArray().length > 0;
  }

  /** The last `MAX_RECENT` alerts that were resolved, newest first. */
  recent(): LoggedAlert[] {
    const rows = this.sql
      .exec("SELECT firing, resolved FROM alerts WHERE resolved IS NOT NULL ORDER BY changed_ms DESC, id")
      .toArray();
    return rows.flatMap((row) => {
      const [firing, resolved] = [parseText(row["firing"]), parseText(row["resolved"])];
      return firing === undefined || resolved === undefined ? [] : [{ firing, resolved }];
    });
  }

  private activeOf(symbol: string, rule: string): AlertChange | undefined {
    const query = "SELECT firing FROM alerts WHERE resolved IS NULL AND symbol = ? AND rule = ? ORDER BY changed_ms";
    const rows = this.sql.exec(query, symbol, rule).toArray();
    return rows.flatMap(({ firing }) => parseText(firing) ?? [])[0];
  }

  private has(id: string): boolean {
    return this.sql.exec("SELECT 1 FROM alerts WHERE id = ?", id).toArray().length > 0;
  }
}

function parseText(text: unknown): AlertChange | undefined {
  try {
    return parseAlertChange(JSON.parse(String(text)));
  } catch {
    return undefined;
  }
}
