// Every wished feed as an answer shows it; asking brings each up to what is wished.
import { followFeed } from "../clients/feeds.ts";
import { registryOf } from "../clients/registry.ts";
import type { FeedReport } from "../durable/feed/object.ts";
import type { FeedWish } from "../durable/registry/feed-wish.ts";
import { logError } from "../log.ts";
import { FEED_VENUES, type FeedVenue } from "../markets/feed/venue-protocol.ts";
import type { Env } from "../settings.ts";
import type { Immutable } from "./contract.ts";
import { feedShape, unreachableFeed } from "./feed-shape.ts";
import type { FeedAnswer } from "./feeds-schema.ts";

/** Throws what the registry throws. */
export async function reachedFeeds(env: Env): Promise<Immutable<FeedAnswer>[]> {
  const { feeds: wishes } = await registryOf(env).read();
  const feeds = FEED_VENUES.flatMap((venue) => {
    const wish = wishes[venue];
    return wish === undefined ? [] : [reachedFeed(env, venue, wish)];
  });
  return await Promise.all(feeds);
}

/** How a feed is; `unreachable` where its object does not answer. */
export async function reachedFeed(env: Env, venue: FeedVenue, wish: FeedWish): Promise<Immutable<FeedAnswer>> {
  let report: FeedReport;
  try {
    report = await followFeed(env, venue, wish);
  } catch (error) {
    logError("feed_unreachable", { venue, error: String(error) });
    return unreachableFeed(venue, wish, Date.now());
  }
  return feedShape(report);
}
