// `npm run volgate -- feed VENUE` between a local exchange and a small gateway. Faults of the exchange are in
// feed-faults.long.test.ts.
import { afterEach, describe, expect, test } from "vitest";
import { parseFeedOptions } from "../../feeds/feed/feed-options.ts";
import { FEED_VENUES } from "../../src/markets/feed/venue-protocol.ts";
import { FeedUnderTest } from "../exchange/feed-under-test.ts";
import { FakeGateway } from "./fake-gateway.ts";
import { waitUntil } from "./wait-until.ts";

let feed: FeedUnderTest | undefined;
afterEach(async () => {
  await feed?.close();
  feed = undefined;
});

test.each(FEED_VENUES)("%s: every tick comes once, under PRODUCT@venue, and a stop sends what waits", async (venue) => {
  feed = await FeedUnderTest.start(venue);
  await feed.subscribed();
  for (let i = 0; i < 20; i++) feed.exchange.trade(feed.products, 5);
  expect(await feed.stop()).toBe(true);
  const { sent, missing, doubled, unknown } = feed.comparison();
  expect(sent).toBeGreaterThanOrEqual(400);
  expect({ missing, doubled, unknown }).toEqual({ missing: [], doubled: [], unknown: [] });
  expect(new Set(feed.gateway.applied.map(({ symbol }) => symbol))).toEqual(
    new Set(feed.products.map((product) => `${product}@${venue}`)),
  );
  expect(feed.printed.join("\n")).toMatch(/stopped; 4\d\d ticks sent, 0 waiting; lag \d+ ms/);
});

test("with --warm each symbol is given its venue's past before the stream begins", async () => {
  const warm = { source: "kraken", steps: 719, ticks: 2_880, from_ms: 1, to_ms: 2 };
  const counts = { accepted: 2_880, duplicate: 0, late: 0, outlier: 0, price_outlier: 0, rejected: 0 };
  const body = { warm, ticks: counts, threshold_values: { have: 659, need: 900 }, probability: null, missing: [] };
  const given = { status: 200, body, asked: [] as string[] };
  const refused = { status: 409, body: { code: "already_live", detail: "it has ticks" }, asked: [] as string[] };
  const gateway = new FakeGateway();
  gateway.posted.set("/admin/symbols/BTC%2FUSDT%40kraken/warm", given);
  gateway.posted.set("/admin/symbols/ETH%2FUSDT%40kraken/warm", refused);
  const products = ["BTC/USDT", "ETH/USDT"];
  feed = await FeedUnderTest.startWith(gateway, "kraken", products, ["--warm", "--admin-token", "secret"]);
  await feed.subscribed();
  expect(given.asked).toEqual(['Bearer secret {"from":"venue"}']);
  expect(feed.printed[0]).toBe("BTC/USDT@kraken: begins with 719 steps of kraken");
  expect(feed.noted[0]).toContain("ETH/USDT@kraken: not given a past: ");
  expect(feed.noted[0]).toContain("409 it has ticks");
  feed.exchange.trade(feed.products, 5);
  expect(await feed.stop()).toBe(true);
  expect(feed.comparison().missing).toEqual([]);
});

test("a gateway that is away gets everything when it is back, once", async () => {
  feed = await FeedUnderTest.start("kraken");
  const { gateway, exchange, products } = feed;
  gateway.script.push({ kind: "status", status: 503 }, { kind: "take_then_reset" }, { kind: "reset" });
  await feed.subscribed();
  for (let i = 0; i < 20; i++) exchange.trade(products, 5);
  await waitUntil("four attempts", () => gateway.received.length >= 4);
  exchange.trade(products, 5);
  expect(await feed.stop()).toBe(true);
  const { missing, doubled } = feed.comparison();
  expect({ missing, doubled }).toEqual({ missing: [], doubled: [] });
  expect(feed.noted.join("\n")).toContain("gateway: 503");
});

test("more than it keeps is dropped from the oldest, and said", async () => {
  feed = await FeedUnderTest.start("kraken", ["BTC/USD", "ETH/USD"], "--keep", "5000");
  const { gateway, exchange, products } = feed;
  gateway.script.push({ kind: "stall" });
  await feed.subscribed();
  exchange.trade(products, 1);
  await waitUntil("the batch that stalls", () => gateway.received.length === 1);
  exchange.trade(products, 1_500);
  await exchange.settled();
  await waitUntil("the drop", () => feed!.noted.some((line) => line.includes("dropped: more than 5000 waited")));
  feed.abandon();
  expect(await feed.ended).toBe(false);
  const underWay = gateway.received[0]!.ticks.length;
  const dropped = exchange.sentKeys.size - 5_000 - underWay;
  expect(feed.printed.find((line) => line.includes("stopped; "))).toContain(
    `; ${dropped.toLocaleString("en-US")} ticks dropped`,
  );
  expect(feed.noted.at(-1)).toBe(`${(5_000 + underWay).toLocaleString("en-US")} ticks not sent`);
});

test("a refused token ends it with the gateway's words", async () => {
  feed = await FeedUnderTest.start("okx");
  // The quotes that follow a subscription are sent.
  feed.gateway.script.push({ kind: "status", status: 401, body: '{"detail":"Authorization: got none"}' });
  await expect(feed.ended).rejects.toThrow(/refused the batch: 401 Authorization: got none/);
});

describe("its command line", () => {
  const options = (...args: string[]) => parseFeedOptions("kraken", args, {});

  test("takes a product in any spelling once, and keeps the venue's", () => {
    expect([...options("btc-usd", "BTC/USD", "xbt/usd").symbols]).toEqual([["BTC/USD", "BTC/USD@kraken"]]);
  });

  test("refuses what cannot be a product, too many of them, and an address of HTTP", () => {
    expect(() => options("BTC USD")).toThrow("PRODUCT: got BTC USD, expected a product of kraken, such as BTC/USDT");
    const many = Array.from({ length: 401 }, (_, i) => `P${i}/USD`);
    expect(() => options(...many)).toThrow("PRODUCT: got 401, expected at most 400: start another feed for the others");
    expect(() => options("BTC/USD", "--endpoint", "http://127.0.0.1:1")).toThrow("--endpoint: got http://127.0.0.1:1");
  });
});
