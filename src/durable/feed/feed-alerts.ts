// The alert of a feed that is down: a book of its own, kept before it is sent.
import { alertsOf } from "../../clients/alerts.ts";
import { AlertBook } from "../../quality/alerts/alert-book.ts";
import { logError } from "../../log.ts";
import { type Env, settingsOf } from "../../settings.ts";
import type { FeedVenue } from "../../markets/feed/venue-protocol.ts";

const KEY = "alert-book";
/** The rules on the market's own time do not judge a feed; the step is theirs. */
const STEP_MS = 1_000;

export class FeedAlerts {
  private readonly kv: DurableObjectStorage["kv"];
  private readonly book: AlertBook;
  private saved: string;
  /** Set while changes are on their way: what comes meanwhile follows them. */
  private telling: Promise<void> | undefined;

  constructor(kv: DurableObjectStorage["kv"], venue: FeedVenue, env: Env) {
    this.kv = kv;
    const stored = storedBook(kv, venue);
    const options = { symbol: `feed:${venue}`, stepMs: STEP_MS, limits: settingsOf(env).alerts.limits };
    this.book = AlertBook.fromJSON(options, stored);
    this.saved = JSON.stringify(stored) ?? "";
  }

  /** @param downMs how long the feed has not been live, 0 while it is. @param fault the last one, in words. */
  judge(downMs: number, fault: string | null, nowMs: number): void {
    this.book.update({ feedDown: { downMs, fault } }, nowMs);
    this.save();
  }

  /** Ends the alert: nobody wants the feed any more. */
  withdraw(nowMs: number): void {
    this.book.withdraw(["feed_down"], "the feed was ended", nowMs);
    this.save();
  }

  /**
   * Sends changes that the alerts object does not have. While one call does so, others wait for it. Throws what the
   * alerts object throws; the next call sends them again.
   */
  notify(env: Env): Promise<void> {
    this.telling ??= this.tell(env).finally(() => (this.telling = undefined));
    return this.telling;
  }

  private async tell(env: Env): Promise<void> {
    for (let changes = this.book.unreported; changes.length > 0; changes = this.book.unreported) {
      await alertsOf(env).report([...changes]);
      this.book.markReported(changes);
      this.save();
    }
  }

  private save(): void {
    const json = JSON.stringify(this.book);
    if (json === this.saved) return;
    this.saved = json;
    this.kv.put(KEY, json);
  }
}

/** A book that cannot be read begins anew: it must not keep a feed from its venue. */
function storedBook(kv: DurableObjectStorage["kv"], venue: FeedVenue): unknown {
  try {
    const stored = kv.get<string>(KEY);
    return stored === undefined ? undefined : JSON.parse(stored);
  } catch (error) {
    logError("alert_book_unreadable", { venue, error: String(error) });
    return undefined;
  }
}
