// How the feeds are, for a scrape, kept per isolate for `READ_CACHE_MS`.
import { CachedReads } from "../clients/cached-reads.ts";
import { followFeeds } from "../clients/feeds.ts";
import type { AskedFeed } from "../durable/feed/object.ts";
import { type Env, settingsOf } from "../settings.ts";

const kept = new CachedReads<readonly AskedFeed[]>(1);

/** Throws what the registry throws. */
export async function keptFeedReports(env: Env): Promise<readonly AskedFeed[]> {
  const { readCacheMs } = settingsOf(env);
  const times = { freshMs: readCacheMs, staleMs: 3 * readCacheMs, retryMs: readCacheMs };
  return await kept.of("feeds", times).get(() => followFeeds(env), readCacheMs);
}
