// The alerts' part of the stream: the last changes, numbered in the order of their recording, and the hubs that are
// sent them.
import { publishTo } from "../../clients/streams.ts";
import { StreamPublisher } from "../../clients/stream-publisher.ts";
import type { AlertChange } from "../../quality/alerts/alert-change.ts";
import type { Env } from "../../settings.ts";
import { ALERT_SOURCE, cursorOf } from "../../stream/stream-cursor.ts";
import type { EventPage, StreamEvent } from "../../stream/stream-event.ts";

/** Changes that are kept. */
export const KEPT_CHANGES = 1_000;
/** Changes of a page at most. */
const PAGE_CHANGES = 256;
const LISTENERS = "stream-listeners";

export class AlertStream {
  private readonly sql: SqlStorage;
  private readonly publisher: StreamPublisher;

  constructor(env: Env, { sql, kv }: DurableObjectStorage) {
    this.sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY, at_ms INTEGER, symbol TEXT, text TEXT)");
    this.publisher = new StreamPublisher({
      source: () => ALERT_SOURCE,
      load: () => kv.get<string>(LISTENERS),
      save: (text) => kv.put(LISTENERS, text),
      publish: (hub, publication) => publishTo(env, hub, publication),
      read: (_, after) => Promise.resolve(this.page(after)),
    });
  }

  /** Call it in the transaction that records the change. */
  add(change: AlertChange): void {
    const seq = this.newest + 1;
    const { atMs, symbol } = change;
    this.sql.exec("INSERT INTO changes VALUES (?, ?, ?, ?)", seq, atMs, symbol, eventText(change, seq));
    this.sql.exec("DELETE FROM changes WHERE seq <= ?", seq - KEPT_CHANGES);
  }

  /** Begins to send what is new; call it after the transaction. `undefined` where there is nothing to send. */
  publish(): Promise<unknown> | undefined {
    return this.publisher.publish((_, after) => this.page(after));
  }

  /** The hub is sent what comes after the position that is returned. */
  listen(hub: string): number {
    const position = this.newest;
    this.publisher.listen(hub, "", position);
    return position;
  }

  /** The next changes after a position; before them a gap where some are not kept any more. */
  page(after: number, upTo = Infinity): EventPage {
    const end = Math.min(this.newest, upTo);
    if (after >= end) return { events: [], through: after };
    const query = "SELECT seq, at_ms, symbol, text FROM changes WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?";
    const rows = this.sql.exec(query, after, end, PAGE_CHANGES).toArray();
    const events = rows.map(({ seq, symbol, text }): StreamEvent => {
      return { kind: "alert", symbol: String(symbol), position: Number(seq), text: String(text) };
    });
    const [oldest] = rows;
    const through = rows.length === PAGE_CHANGES ? events.at(-1)!.position : end;
    const isMissing = after + 1 < (oldest === undefined ? end + 1 : Number(oldest["seq"]));
    if (!isMissing) return { events, through };
    const position = oldest === undefined ? end : Number(oldest["seq"]) - 1;
    const toMs = oldest === undefined ? null : Number(oldest["at_ms"]);
    return { events: [gapBefore(position, toMs), ...events], through };
  }

  private get newest(): number {
    return Number(this.sql.exec("SELECT max(seq) AS seq FROM changes").one()["seq"] ?? 0);
  }
}

/** As the routes of alerts show it. */
function eventText(change: AlertChange, seq: number): string {
  const { id, symbol, rule, state, severity, atMs, sinceMs, summary, figures, model } = change;
  const [at, since] = [atMs, sinceMs].map((ms) => new Date(ms).toISOString());
  const shown = { id, symbol, rule, state, severity, at, since, summary, figures, model };
  return JSON.stringify({ type: "alert", ...shown, cursor: cursorOf(ALERT_SOURCE, seq) });
}

function gapBefore(position: number, toMs: number | null): StreamEvent {
  const gap = { type: "gap", symbol: null, from_ts: null, to_ts: toMs, reason: "not_kept" };
  const text = JSON.stringify({ ...gap, cursor: cursorOf(ALERT_SOURCE, position) });
  return { kind: "gap", symbol: ALERT_SOURCE, position, text };
}
