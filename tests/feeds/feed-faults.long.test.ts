// Each venue's feed from Node, fault by fault: everything that a correct client could have had arrives, nothing twice.
// The table at the end has the time from the fault until the feed is subscribed to everything again; for a flood the
// time from its end until everything was read.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { FEED_VENUES, type FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";
import { FeedUnderTest } from "../exchange/feed-under-test.ts";
import { waitUntil } from "./wait-until.ts";

/** Trades and quotes of two products come this often, ms. */
const PULSE_MS = 20;
const HALF_MINUTE_MS = 30_000;

interface Fault {
  readonly name: string;
  /** Ends when the fault is over and the feed follows everything again. */
  readonly run: (feed: FeedUnderTest) => Promise<void>;
  /** Those that it can happen to; all by default. */
  readonly venues?: readonly FeedVenue[];
  /** What the feed must have said. */
  readonly said?: RegExp;
}

/** Waits until the connections that there were are gone, and others follow everything. */
async function recovered({ exchange, products, venue }: FeedUnderTest, before: number): Promise<void> {
  const count = VENUE_PROTOCOLS[venue].length;
  const isFollowed = (product: string) =>
    exchange.unknown.has(product) || (exchange.isFollowed(product) && exchange.isFollowed(product, "quote"));
  const isBack = () => exchange.accepted >= before + count && products.every(isFollowed);
  await waitUntil(`the recovery of ${venue}`, isBack, 5 * HALF_MINUTE_MS);
}

/** A fault that ends the connections. */
function losing(name: string, work: (feed: FeedUnderTest) => void | Promise<void>, more: Partial<Fault> = {}): Fault {
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
  const work = async (feed: FeedUnderTest): Promise<void> => {
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

const FAULTS: readonly Fault[] = [
  { name: "none", run: () => sleep(500) },
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
      await sleep(300);
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
    { venues: FEED_VENUES.filter((venue) => !venue.startsWith("binance")), said: /is refused by the venue/ },
  ),
  {
    name: "30 messages left out",
    run: async ({ exchange }) => {
      exchange.faults.skip = 30;
      await waitUntil("the gap", () => exchange.faults.skip === 0);
      await sleep(200);
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

const table: string[] = [];
const cells = (...texts: readonly (string | number)[]) =>
  texts.map((text, at) => (at < 2 ? String(text).padEnd([18, 34][at]!) : String(text).padStart(11))).join("");

afterAll(() => {
  console.log([cells("venue", "fault", "sent", "delivered", "doubled", "recovery s"), ...table.toSorted()].join("\n"));
});

/** Runs a feed through one fault, compares, and notes a line of the table. */
async function through(venue: FeedVenue, { name, run, said }: Fault): Promise<void> {
  const feed = await FeedUnderTest.start(venue);
  let pulse: NodeJS.Timeout | undefined;
  try {
    await feed.subscribed();
    pulse = setInterval(() => feed.exchange.trade(feed.products), PULSE_MS);
    await sleep(300);
    const beganMs = Date.now();
    const accepted = feed.exchange.accepted;
    await run(feed);
    const recovery = feed.exchange.accepted === accepted ? "-" : ((Date.now() - beganMs) / 1_000).toFixed(1);
    await sleep(300);
    clearInterval(pulse);
    const everythingSent = await feed.stop();
    const { sent, delivered, missing, doubled, unknown } = feed.comparison();
    table.push(cells(venue, name, sent, delivered - unknown.length, doubled.length, recovery));
    const what = `${venue}, ${name}: ${feed.noted.join(" | ")}`;
    expect({ missing, doubled, unknown, everythingSent }, what).toEqual({
      ...{ missing: [], doubled: [], unknown: [], everythingSent: true },
    });
    expect(sent, what).toBeGreaterThan(50);
    if (said !== undefined) expect(feed.noted.join("\n"), what).toMatch(said);
  } finally {
    clearInterval(pulse);
    await feed.close();
  }
}

test.concurrent.each(FEED_VENUES)("%s: each fault costs what was not sent, and nothing else", async (venue) => {
  for (const fault of FAULTS) if (fault.venues?.includes(venue) ?? true) await through(venue, fault);
});

const FLOOD_PER_S = 5_000;
const FLOOD_S = 4;

test.each(FEED_VENUES)("%s: a flood of 5,000 ticks a second arrives whole, and in time", async (venue) => {
  const feed = await FeedUnderTest.start(venue);
  try {
    await feed.subscribed();
    const before = feed.exchange.log.length;
    const beganMs = Date.now();
    for (let sentTicks = 0; sentTicks < FLOOD_PER_S * FLOOD_S; sentTicks = feed.exchange.log.length - before) {
      // Each call sends 4 ticks for each of its counts: a trade and a quote of two products.
      const due = ((Date.now() - beganMs) / 1_000) * FLOOD_PER_S - sentTicks;
      if (due >= 4) feed.exchange.trade(feed.products, Math.floor(due / 4));
      await sleep(5);
    }
    const seconds = (Date.now() - beganMs) / 1_000;
    await feed.exchange.settled();
    const readMs = Date.now() - beganMs - seconds * 1_000;
    await waitUntil("all ticks at the gateway", () => feed.gateway.applied.length >= feed.exchange.sentKeys.size);
    expect(await feed.stop()).toBe(true);
    const { sent, delivered, missing, doubled, unknown } = feed.comparison();
    const rate = Math.round(sent / seconds).toLocaleString("en-US");
    table.push(cells(venue, `flood of ${rate} ticks/s`, sent, delivered, doubled.length, (readMs / 1_000).toFixed(1)));
    expect({ missing, doubled, unknown }).toEqual({ missing: [], doubled: [], unknown: [] });
    expect(feed.noted).toEqual([]);
  } finally {
    await feed.close();
  }
});
