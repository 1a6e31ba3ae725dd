// Whether a symbol's feed is live, and for how long it has been silent. Only a feed that was live can fall silent: a
// replay of old recordings ends, and a few ticks under a mistyped name are no feed.
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { logError } from "../../../log.ts";
import type { PageStore } from "../storage/page-store.ts";

const KIND = "live-feed 1";
const PREFIX = "live";
const PAGE = "feed";
/** A tick is live when it arrives within so many ms, or steps, of its own time. */
const LIVE_WITHIN_MS = 120_000;
const LIVE_WITHIN_STEPS = 10;
/** Live ticks over so long are a feed. */
const FEED_MS = 300_000;
/** How far what is stored may be behind. */
const SAVE_EVERY_MS = 30_000;

export class LiveFeed {
  private readonly pages: PageStore;
  private readonly withinMs: number;
  /** Arrival of the first and the last live tick, wall time; `undefined` before one. */
  private seen: { readonly firstMs: number; readonly lastMs: number } | undefined;
  private savedMs: number;

  constructor(stepMs: number, pages: PageStore) {
    this.pages = pages;
    this.withinMs = Math.max(LIVE_WITHIN_MS, LIVE_WITHIN_STEPS * stepMs);
    this.seen = stored(pages);
    this.savedMs = this.seen?.lastMs ?? -Infinity;
  }

  /** A batch with applied ticks, the newest of this time, arrived now. */
  note(watermarkMs: number, nowMs: number): void {
    if (!(Math.abs(nowMs - watermarkMs) <= this.withinMs)) return;
    this.seen = { firstMs: this.seen?.firstMs ?? nowMs, lastMs: nowMs };
    // Also after the clock was set back.
    if (Math.abs(nowMs - this.savedMs) < SAVE_EVERY_MS) return;
    this.savedMs = nowMs;
    const { firstMs, lastMs } = this.seen;
    this.pages.save(PREFIX, [{ id: PAGE, bytes: encodePage(KIND, { numbers: { firstMs, lastMs }, arrays: [] }) }]);
  }

  /** Ms since the last live tick arrived; `null` for what is no live feed. */
  silentMs(nowMs: number): number | null {
    if (this.seen === undefined || this.seen.lastMs - this.seen.firstMs < FEED_MS) return null;
    return Math.max(0, nowMs - this.seen.lastMs);
  }
}

function stored(pages: PageStore): LiveFeed["seen"] {
  const bytes = pages.load(PREFIX).get(PAGE);
  if (bytes === undefined) return undefined;
  try {
    const { firstMs, lastMs } = decodePage(KIND, bytes).numbers;
    return { firstMs: Number(firstMs), lastMs: Number(lastMs) };
  } catch (error) {
    logError("live_feed_unreadable", { error: String(error) });
    return undefined;
  }
}
