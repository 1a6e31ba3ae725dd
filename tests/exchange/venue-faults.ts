// What a venue may do to a feed: faults of the local exchange, each over when the feed follows everything again.
import { setTimeout as sleep } from "node:timers/promises";
import { FEED_VENUES, type FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";
import { waitUntil } from "../feeds/wait-until.ts";
import type { LocalExchange } from "./local-exchange.ts";

/** A feed of these products that follows the exchange. */
interface Followed {
  readonly venue: FeedVenue;
  readonly exchange: LocalExchange;
  readonly products: readonly string[];
}

const HALF_MINUTE_MS = 30_000;

export interface Fault {
  readonly name: string;
  /** Ends when the fault is over and the feed follows everything again. */
  readonly run: (feed: Followed) => Promise<void>;
  /** Those that it can happen to; all by default. */
  readonly venues?: readonly FeedVenue[];
  /** What the feed must have said. */
  readonly said?: RegExp;
}

/** Waits until some more ticks have gone out, of a market that goes on. */
export async function moreTicks({ exchange }: Pick<Followed, "exchange">): Promise<void> {
  const before = exchange.log.length;
  await waitUntil("more ticks", () => exchange.log.length >= before + 50);
}

/** Waits until the connections that there were are gone, and others follow everything. */
async function recovered({ exchange, products, venue }: Followed, before: number): Promise<void> {
  const count = VENUE_PROTOCOLS[venue].length;
  const isFollowed = (product: string) =>
    exchange.unknown.has(product) || (exchange.isFollowed(product) && exchange.isFollowed(product, "quote"));
  const isBack = () => exchange.accepted >= before + count && products.every(isFollowed);
  await waitUntil(`the recovery of ${venue}`, isBack, 5 * HALF_MINUTE_MS);
}

/** A fault that ends the connections. */
function losing(name: string, work: (feed: Followed) => void | Promise<void>, more: Partial<Fault> = {}): Fault {
  return {
    name,
    run: async (feed) => {
      const before = feed.exchange.accepted;
      await work(feed);
      await recovered(feed, before);
    },
    ...more,
  };
}

/** Every attempt is refused until there were two for each connection. */
function refusing(status: number, retryAfterS?: number): Fault {
  const work = async (feed: Followed): Promise<void> => {
    const { exchange, venue } = feed;
    exchange.refusal = { status, ...(retryAfterS === undefined ? {} : { retryAfterS }) };
    const attempts = exchange.attempts.length + 2 * VENUE_PROTOCOLS[venue].length;
    await exchange.drop();
    await waitUntil("two refusals", () => exchange.attempts.length >= attempts, HALF_MINUTE_MS * 2);
    exchange.refusal = undefined;
  };
  return losing(`refused twice with HTTP ${status}`, work, { said: new RegExp(`HTTP ${status}: `) });
}

const closing = (code: number): Fault =>
  losing(`closed with ${code}`, ({ exchange }) => exchange.close(code, "a reason"), {
    said: new RegExp(`closed the connection with ${code}: a reason`),
  });

const GARBLE = ["{", '{"a":', "<html>502</html>", '"text"'];
const NOTICES: Partial<Record<FeedVenue, string>> = {
  binance: '{"e":"serverShutdown","E":1770123456789}',
  "binance-usdm": '{"stream":"","data":{"e":"serverShutdown","E":1770123456789}}',
  okx: '{"event":"notice","code":"64008","msg":"The connection will soon be closed.","connId":"a"}',
};

export const FAULTS: readonly Fault[] = [
  { name: "none", run: moreTicks },
  losing("TCP reset", ({ exchange }) => exchange.drop()),
  ...[1001, 1008, 1012, 1013].map(closing),
  losing("half a frame, then a reset", ({ exchange }) => exchange.cutFrames()),
  {
    name: "40 messages in two frames",
    run: async ({ exchange }) => {
      exchange.faults.fragment = 40;
      await waitUntil("the frames", () => exchange.faults.fragment === 0);
    },
  },
  {
    name: "4 messages that are not JSON",
    run: async ({ exchange }) => {
      for (const text of GARBLE) exchange.sendRaw(text);
      await exchange.settled();
    },
    said: /cannot be read/,
  },
  losing(
    "30 messages that are not JSON",
    async ({ exchange }) => {
      await exchange.whenSettled(async () => {
        for (let i = 0; i < 30; i++) exchange.sendRaw(`garbled ${i}`);
        await waitUntil("the end of the connections", () => exchange.openConnections === 0);
      });
    },
    { said: /20 messages that cannot be read/ },
  ),
  ...[refusing(429, 2), refusing(451), refusing(503)],
  losing("away for 3 s", async ({ exchange }) => {
    await exchange.whenSettled(() => exchange.leave());
    await sleep(3_000);
    await exchange.comeBack();
  }),
  losing(
    "one product of two refused",
    async ({ exchange, products }) => {
      exchange.unknown.add(products[1]!);
      await exchange.drop();
    },
    { venues: FEED_VENUES.filter((venue) => !venue.startsWith("binance")), said: /refused/ },
  ),
  {
    name: "30 messages left out",
    run: async ({ exchange }) => {
      exchange.faults.skip = 30;
      await waitUntil("the gap", () => exchange.faults.skip === 0);
    },
    venues: FEED_VENUES.filter((venue) => !venue.startsWith("bybit")),
    said: /are missing by/,
  },
  {
    name: "30 messages sent twice",
    run: async ({ exchange }) => {
      exchange.faults.repeat = 30;
      await waitUntil("the repetitions", () => exchange.faults.repeat === 0);
    },
  },
  losing(
    "the venue says that it leaves",
    async ({ exchange, venue }) => {
      await exchange.whenSettled(async () => {
        exchange.sendRaw(NOTICES[venue]!);
        await waitUntil("the end of the connections", () => exchange.openConnections === 0);
      });
    },
    { venues: Object.keys(NOTICES) as FeedVenue[], said: /is leaving/ },
  ),
  losing(
    "open, but silent",
    async ({ exchange }) => {
      exchange.faults.isStalled = true;
      await waitUntil("the end of the connections", () => exchange.openConnections === 0, 5 * HALF_MINUTE_MS);
      exchange.faults.isStalled = false;
    },
    { said: /no message in \d+ s/ },
  ),
];
