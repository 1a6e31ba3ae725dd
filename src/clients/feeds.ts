// The feeds' objects as their callers see them: one object for each venue and place that it connects from.
import type { FeedWish } from "../durable/registry/feed-wish.ts";
import type { AskedFeed } from "../durable/feed/object.ts";
import { logError } from "../log.ts";
import { FEED_VENUES, type FeedVenue, type LocationHint } from "../markets/feed/venue-protocol.ts";
import { type Env, settingsOf } from "../settings.ts";
import { deadlined } from "./deadlined.ts";
import { registryOf } from "./registry.ts";

/** An object stays where it was born: another place is another object. */
export function feedOf(env: Env, venue: FeedVenue, hint: LocationHint): ReturnType<Env["FEEDS"]["get"]> {
  const stub = env.FEEDS.get(env.FEEDS.idFromName(`${venue} ${hint}`), { locationHint: hint });
  return deadlined(stub, { kind: "feed", object: `feed ${venue}`, ms: settingsOf(env).objectDeadlineMs });
}

/** Brings a feed up to what is wished, and returns how it is. */
export async function followFeed(
  env: Env,
  venue: FeedVenue,
  wish: FeedWish,
): Promise<Awaited<ReturnType<ReturnType<typeof feedOf>["follow"]>>> {
  return await feedOf(env, venue, wish.hint).follow(venue, wish);
}

/** Brings every feed up to what is wished, and returns how they are. Throws what the registry throws. */
export async function followFeeds(env: Env): Promise<AskedFeed[]> {
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
