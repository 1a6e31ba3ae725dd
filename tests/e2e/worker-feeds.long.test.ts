// Feeds in the Worker, on bare workerd, against local exchanges: each venue through each fault. Everything that a
// correct client could have had reaches the symbols, nothing twice; and workerd is killed and comes back.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BareWorkerd } from "../../bench/bare-workerd.ts";
import { freePort } from "../../local-gateway/free-port.ts";
import { FEED_VENUES, type FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { VENUE_PROTOCOLS } from "../../src/markets/feed/venue-protocols.ts";
import { DIALECTS } from "../exchange/dialects.ts";
import { LocalExchange } from "../exchange/local-exchange.ts";
import { FAULTS, type Fault } from "../exchange/venue-faults.ts";
import { waitUntil } from "../feeds/wait-until.ts";
import { prepareDoor } from "./door-bundle.ts";

/** Trades and quotes of two products come this often, ms. */
const PULSE_MS = 20;
const dir = mkdtempSync(join(tmpdir(), "volgate-feeds-"));
const exchanges = new Map<FeedVenue, LocalExchange>();
let gateway: BareWorkerd;

interface Feed {
  readonly state: string;
  readonly reconnects: number;
  readonly last_fault: { readonly text: string } | null;
  readonly last_data_fault: { readonly text: string } | null;
  readonly symbols: readonly {
    readonly symbol: string;
    readonly waiting: number;
    readonly delivered: number;
    readonly late: number;
    readonly dropped: number;
    readonly past: string | null;
  }[];
}

beforeAll(async () => {
  for (const venue of FEED_VENUES) exchanges.set(venue, await LocalExchange.start(DIALECTS[venue]));
  // Nobody listens there: symbols begin without a past.
  const rest = `http://127.0.0.1:${await freePort()}`;
  const endpoints = Object.fromEntries([...exchanges].map(([venue, { url }]) => [venue, { stream: url, rest }]));
  const variables = {
    ENVIRONMENT: "development",
    MAX_SYMBOLS: "1000",
    FEED_FLUSH_MS: "100",
    VENUE_ENDPOINTS: JSON.stringify(endpoints),
  };
  gateway = await prepareDoor("feed-door", dir, variables, true);
  await gateway.start();
});

afterAll(async () => {
  await gateway.kill();
  await Promise.all([...exchanges.values()].map((exchange) => exchange.stop()));
  rmSync(dir, { recursive: true, force: true });
  console.log(
    [cells("venue", "fault", "sent", "taken", "late", "doubled", "recovery s"), ...table.toSorted()].join("\n"),
  );
});

const table: string[] = [];
const cells = (...texts: readonly (string | number)[]) =>
  texts.map((text, at) => (at < 2 ? String(text).padEnd([18, 34][at]!) : String(text).padStart(11))).join("");

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(gateway.url + path, init);
  const body = (await response.json()) as T;
  expect(response.status, `${path}: ${JSON.stringify(body)}`).toBe(200);
  return body;
}

const feedOf = (venue: FeedVenue) => call<Feed>(`/admin/feeds/${venue}`);
const symbolOf = (product: string, venue: FeedVenue) => `${product.toUpperCase()}@${venue}`;

/** Keys of the ticks that each product's symbol took, in order: see `keyOf`. */
async function takenKeys(venue: FeedVenue, products: readonly string[]): Promise<string[][]> {
  const lists = products.map(async (product) => {
    const query = new URLSearchParams({ symbol: symbolOf(product, venue) });
    const ticks = await call<[number | null, number][]>(`/taken?${query.toString()}`);
    return ticks.map(([price, size]) => `${product} ${price === null ? "quote" : "trade"} ${size}`);
  });
  return await Promise.all(lists);
}

/** Ticks that the symbols applied, or judged to be late, duplicates or outliers. */
async function judgedTicks(venue: FeedVenue, products: readonly string[]): Promise<number> {
  const lists = products.map(async (product) => {
    const path = `/symbols/${encodeURIComponent(symbolOf(product, venue))}`;
    const response = await fetch(gateway.url + path);
    if (response.status === 404) return 0;
    const { ticks } = (await response.json()) as { ticks: Readonly<Record<string, number>> };
    return Object.values(ticks).reduce((sum, count) => sum + count, 0);
  });
  return (await Promise.all(lists)).reduce((sum, count) => sum + count, 0);
}

/** A feed that has just begun, what a fault needs of it, and what there was before. */
async function begin(venue: FeedVenue) {
  const exchange = exchanges.get(venue)!;
  exchange.unknown.clear();
  const products = ["BTC/USDT", "ETH/USDT"].map((name) => VENUE_PROTOCOLS[venue][0].productOf(name)!);
  const takenBefore = (await takenKeys(venue, products)).map(({ length }) => length);
  const judgedBefore = await judgedTicks(venue, products);
  const sentBefore = exchange.log.length;
  await call(`/admin/feeds/${venue}`, { method: "PUT", body: JSON.stringify({ symbols: products }) });
  const isFollowed = (product: string) => exchange.isFollowed(product) && exchange.isFollowed(product, "quote");
  await waitUntil(`subscriptions of ${venue}`, () => products.every(isFollowed));
  await untilFeed(venue, ({ symbols }) => symbols.every(({ past }) => past !== null));
  return { venue, exchange, products, takenBefore, sentBefore, judgedBefore };
}

async function untilFeed(venue: FeedVenue, holds: (feed: Feed) => boolean): Promise<Feed> {
  for (let endMs = Date.now() + 120_000; ; await sleep(100)) {
    const feed = await feedOf(venue);
    if (holds(feed)) return feed;
    if (Date.now() > endMs) throw new Error(`not in 120 s: ${JSON.stringify(feed)}`);
  }
}

const isIdle = ({ symbols }: Feed) => symbols.every(({ waiting }) => waiting === 0);
const sumOf = ({ symbols }: Feed, name: "late" | "dropped") => symbols.reduce((sum, one) => sum + one[name], 0);

/** What reached the symbols beside what went out whole since the feed began. */
async function comparison(begun: Awaited<ReturnType<typeof begin>>) {
  const { venue, exchange, products, takenBefore, sentBefore, judgedBefore } = begun;
  const sent = new Set(exchange.log.slice(sentBefore).map(({ key }) => key));
  const has = async (): Promise<string[]> => {
    return (await takenKeys(venue, products)).flatMap((keys, i) => keys.slice(takenBefore[i]));
  };
  let keys = await has();
  // The last ticks wait to be put in order.
  for (let endMs = Date.now() + 10_000; keys.length < sent.size && Date.now() < endMs; keys = await has())
    await sleep(100);
  const taken = new Set(keys);
  // What the symbols say of themselves: a batch that they took for a repeated one would not be in it.
  const judgedAfter = await judgedTicks(venue, products);
  expect(judgedAfter - judgedBefore, `ticks that the symbols judged, ${venue}`).toBe(keys.length);
  return {
    sent: sent.size,
    taken: taken.size,
    missing: [...sent].filter((key) => !taken.has(key)),
    doubled: keys.length - taken.size,
    unknown: [...taken].filter((key) => !sent.has(key)).length,
  };
}

/** Runs a feed through one fault, compares, and notes a line of the table. */
async function through(venue: FeedVenue, { name, run, said }: Fault): Promise<void> {
  const feed = await begin(venue);
  const { exchange, products } = feed;
  const pulse = setInterval(() => exchange.trade(products), PULSE_MS);
  try {
    await sleep(300);
    const beganMs = Date.now();
    const { accepted } = exchange;
    await run(feed);
    const recovery = exchange.accepted === accepted ? "-" : ((Date.now() - beganMs) / 1_000).toFixed(1);
    await sleep(300);
    clearInterval(pulse);
    await exchange.settled();
    await sleep(1_000);
    const status = await untilFeed(venue, isIdle);
    const { sent, taken, missing, doubled, unknown } = await comparison(feed);
    const what = `${venue}, ${name}: ${JSON.stringify(status)}`;
    table.push(cells(venue, name, sent, taken, sumOf(status, "late"), doubled, recovery));
    expect({ missing, doubled, unknown, dropped: sumOf(status, "dropped") }, what).toEqual({
      ...{ missing: [], doubled: 0, unknown: 0, dropped: 0 },
    });
    expect(sent, what).toBeGreaterThan(20);
    const faults = `${status.last_fault?.text}; ${status.last_data_fault?.text}`;
    if (said !== undefined) expect(faults, what).toMatch(said);
  } finally {
    clearInterval(pulse);
    await call(`/admin/feeds/${venue}`, { method: "DELETE" });
  }
}

test.concurrent.each(FEED_VENUES)("%s: each fault costs what was not sent, and nothing else", async (venue) => {
  for (const fault of FAULTS) if (fault.venues?.includes(venue) ?? true) await through(venue, fault);
});

const FLOOD_PER_S = 5_000;
const FLOOD_S = 4;

test.each(FEED_VENUES)("%s: a flood of 5,000 ticks a second arrives whole", async (venue) => {
  const feed = await begin(venue);
  const { exchange, products, sentBefore } = feed;
  try {
    const before = exchange.log.length;
    const beganMs = Date.now();
    for (let sentTicks = 0; sentTicks < FLOOD_PER_S * FLOOD_S; sentTicks = exchange.log.length - before) {
      // Each call sends 4 ticks for each of its counts: a trade and a quote of two products.
      const due = ((Date.now() - beganMs) / 1_000) * FLOOD_PER_S - sentTicks;
      if (due >= 4) exchange.trade(products, Math.floor(due / 4));
      await sleep(5);
    }
    const seconds = (Date.now() - beganMs) / 1_000;
    const ticks = exchange.log.length - sentBefore;
    const status = await untilFeed(
      venue,
      ({ symbols }) => symbols.reduce((sum, one) => sum + one.delivered, 0) >= ticks,
    );
    const behindS = (Date.now() - beganMs) / 1_000 - seconds;
    const { sent, taken, missing, doubled, unknown } = await comparison(feed);
    const rate = Math.round(ticks / seconds).toLocaleString("en-US");
    table.push(
      cells(venue, `flood of ${rate} ticks/s`, sent, taken, sumOf(status, "late"), doubled, behindS.toFixed(1)),
    );
    expect({ missing, doubled, unknown, dropped: sumOf(status, "dropped") }).toEqual({
      ...{ missing: [], doubled: 0, unknown: 0, dropped: 0 },
    });
  } finally {
    await call(`/admin/feeds/${venue}`, { method: "DELETE" });
  }
});

test("a gateway that is killed is live again by itself, and takes nothing twice", async () => {
  const venue = "binance";
  const feed = await begin(venue);
  const { exchange, products } = feed;
  const isFollowed = () => products.every((product) => exchange.isFollowed(product));
  const pulse = setInterval(() => exchange.trade(products), PULSE_MS);
  const recoveries: number[] = [];
  try {
    for (let kills = 0; kills < 5; kills++) {
      await sleep(1_000);
      await gateway.kill();
      await waitUntil("the end of the connections", () => exchange.openConnections === 0);
      await gateway.start();
      const startedMs = Date.now();
      // Nobody asks for the feed: its alarm must ring.
      await waitUntil("subscriptions after a kill", isFollowed);
      recoveries.push((Date.now() - startedMs) / 1_000);
      await untilFeed(venue, ({ symbols }) => symbols.every(({ delivered }) => delivered > 0));
    }
    await sleep(1_000);
  } finally {
    clearInterval(pulse);
  }
  await sleep(1_000);
  await untilFeed(venue, isIdle);
  const { sent, taken, missing, doubled, unknown } = await comparison(feed);
  console.log(
    `5 kills: ${sent} ticks sent on connections that lived, ${taken} taken, ${missing.length} lost with the gateway's ` +
      `memory, ${doubled} doubled; subscribed again ${Math.max(...recoveries).toFixed(1)} s after the start at most`,
  );
  expect({ doubled, unknown }).toEqual({ doubled: 0, unknown: 0 });
  // What was received and not yet handed on: some tenths of a second each time.
  expect(missing.length).toBeLessThan(sent / 4);
  await call(`/admin/feeds/${venue}`, { method: "DELETE" });
});
