// /admin/feeds: which venues the gateway listens to by itself. The registry keeps what is wished, the feeds' objects do
// it: an object that did not hear of a change asks the registry within a minute.
import { Hono } from "hono";
import { feedOf, followFeed } from "../clients/feeds.ts";
import { registryOf } from "../clients/registry.ts";
import type { FeedWish } from "../durable/registry/feed-wish.ts";
import { symbolKey } from "../features/symbol-name.ts";
import { FEED_VENUES, type FeedVenue } from "../markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../markets/feed/venue-protocols.ts";
import { shown } from "../schemas/shown.ts";
import type { AppEnv } from "./app-env.ts";
import { changeCause } from "./change-cause.ts";
import { feedShape } from "./feed-shape.ts";
import { feedContract, feedListContract, removeFeedContract, setFeedContract } from "./feeds-schema.ts";
import { Problem } from "./problem.ts";
import { reachedFeed, reachedFeeds } from "./reached-feeds.ts";
import { readRequest, sendAnswer } from "./read-request.ts";

export const adminFeeds = new Hono<AppEnv>()
  .get(feedListContract.path, async (c) => {
    const venues = FEED_VENUES.map((venue) => {
      const [{ title, hint }] = VENUE_PROTOCOLS[venue];
      return { venue, title, hint };
    });
    return sendAnswer(c, feedListContract, { feeds: await reachedFeeds(c.env), venues });
  })
  .get(feedContract.path, async (c) => {
    const { venue } = (await readRequest(c, feedContract)).params;
    const wish = (await registryOf(c.env).read()).feeds[venue];
    if (wish === undefined) throw unknownFeed(venue);
    return sendAnswer(c, feedContract, await reachedFeed(c.env, venue, wish));
  })
  .put(setFeedContract.path, async (c) => {
    const { params, body } = await readRequest(c, setFeedContract);
    const { venue } = params;
    const products = followedProducts(venue, body.symbols);
    const { hint = VENUE_PROTOCOLS[venue][0].hint } = body;
    const registry = registryOf(c.env);
    const before = (await registry.read()).feeds[venue];
    const cause = changeCause(body, "admin", Date.now());
    const wish = (await registry.setFeed(venue, { hint, products }, cause)).feeds[venue]!;
    // Two places would feed the same symbols.
    if (before !== undefined && before.hint !== hint) await feedOf(c.env, venue, before.hint).leave();
    return sendAnswer(c, setFeedContract, feedShape(await followFeed(c.env, venue, wish)));
  })
  .delete(removeFeedContract.path, async (c) => {
    const { params, body } = await readRequest(c, removeFeedContract);
    const { venue } = params;
    const registry = registryOf(c.env);
    const before = (await registry.read()).feeds[venue];
    if (before === undefined) throw unknownFeed(venue);
    await registry.setFeed(venue, null, changeCause(body, "admin", Date.now()));
    await feedOf(c.env, venue, before.hint).leave();
    return sendAnswer(c, removeFeedContract, { venue, symbols: before.products.map(({ symbol }) => symbol) });
  });

/** The products of a request as the venue writes them, each once. Throws `Problem` for what the venue cannot have. */
function followedProducts(venue: FeedVenue, names: readonly string[]): FeedWish["products"] {
  const products = new Map<string, string>();
  const [protocol] = VENUE_PROTOCOLS[venue];
  names.forEach((name, i) => {
    const suffix = `@${venue}`;
    const product = protocol.productOf(name.toLowerCase().endsWith(suffix) ? name.slice(0, -suffix.length) : name);
    const symbol = product === undefined ? undefined : symbolKey(product, venue);
    if (product === undefined || symbol === undefined) {
      const detail = `symbols[${i}]: got ${shown(name)}, expected a product of ${protocol.title}`;
      throw new Problem("symbols_malformed", detail);
    }
    products.set(product, symbol);
  });
  const { maxProducts } = protocol;
  if (products.size > maxProducts) {
    throw new Problem("symbols_malformed", `symbols: got ${products.size}, expected at most ${maxProducts}`);
  }
  return [...products].map(([product, symbol]) => ({ product, symbol }));
}

function unknownFeed(venue: FeedVenue): Problem {
  return new Problem("unknown_feed", `${venue}: no feed of it runs here; PUT /admin/feeds/${venue} begins one`);
}
