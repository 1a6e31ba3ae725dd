// How the feeds are, for a scrape, kept per isolate for `READ_CACHE_MS`.
import { CachedReads } from "../clients/cached-reads.ts";
import { followFeed } from "../clients/feeds.ts";
import { registryOf } from "../clients/registry.ts";
import type { FeedReport } from "../durable/feed/object.ts";
import { FEED_VENUES, type FeedVenue } from "../markets/feed/venue-protocol.ts";
import { logError } from "../log.ts";
import { type Env, settingsOf } from "../settings.ts";

/** A feed; without a report where its object did not answer. */
interface AskedFeed {
  readonly venue: FeedVenue;
  readonly report: FeedReport | undefined;
}

const kept = new CachedReads<readonly AskedFeed[]>(1);

/** Throws what the registry throws. */
export async function keptFeedReports(env: Env): Promise<readonly AskedFeed[]> {
  const { readCacheMs } = settingsOf(env);
  const times = { freshMs: readCacheMs, staleMs: 3 * readCacheMs, retryMs: readCacheMs };
  return await kept.of("feeds", times).get(() => askFeeds(env), readCacheMs);
}

async function askFeeds(env: Env): Promise<AskedFeed[]> {
  const { feeds } = await registryOf(env).read();
  const asked = FEED_VENUES.flatMap((venue) => {
    const wish = feeds[venue];
    if (wish === undefined) return [];
    const reported = followFeed(env, venue, wish).catch((error: unknown) => {
      logError("feed_unreachable", { venue, error: String(error) });
      return undefined;
    });
    return [reported.then((report) => ({ venue, report }))];
  });
  return await Promise.all(asked);
}
