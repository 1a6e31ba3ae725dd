// The feed from Node with the Worker on bare workerd: the gateway is killed with -9 in the middle and comes back, the
// venue resets its connections, and each symbol has every tick once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { FEED_VENUES } from "../../src/markets/feed/venue-protocol.ts";
import { FeedUnderTest } from "../exchange/feed-under-test.ts";
import { waitUntil } from "../feeds/wait-until.ts";

const dir = mkdtempSync(join(tmpdir(), "volgate-node-feed-"));
let gateway: BareWorkerd;

interface SymbolRow {
  readonly symbol: string;
  readonly ticks: Readonly<Record<"accepted" | "duplicate" | "late" | "outlier" | "price_outlier", number>>;
}

beforeAll(async () => {
  await bundleWorker(join(dir, "bundle"));
  gateway = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"));
  await gateway.start();
});

afterAll(async () => {
  await gateway.kill();
  rmSync(dir, { recursive: true, force: true });
});

async function symbolRow(symbol: string): Promise<SymbolRow> {
  const response = await fetch(`${gateway.url}/symbols/${encodeURIComponent(symbol)}`);
  const row = (await response.json()) as SymbolRow;
  expect(response.status, JSON.stringify(row)).toBe(200);
  return row;
}

test("every tick of eight venues is stored once, through a gateway's kill -9 and a venue's reset", async () => {
  const feeds = await Promise.all(FEED_VENUES.map((venue) => FeedUnderTest.startFor(gateway.url, venue)));
  const pulse = setInterval(() => feeds.forEach(({ exchange, products }) => exchange.trade(products)), 20);
  try {
    await Promise.all(feeds.map((feed) => feed.subscribed()));
    const sent = () => Math.min(...feeds.map(({ exchange }) => exchange.log.length));
    await waitUntil("ticks before the kill", () => sent() > 150);
    await gateway.kill("SIGKILL");
    await waitUntil("ticks without a gateway", () => sent() > 400);
    await gateway.start();
    await waitUntil("ticks after the kill", () => sent() > 600);
    await Promise.all(feeds.map(({ exchange }) => exchange.drop()));
    await Promise.all(feeds.map((feed) => feed.subscribed()));
    await waitUntil("ticks after the reset", () => sent() > 900);
    clearInterval(pulse);
    expect(await Promise.all(feeds.map((feed) => feed.stop()))).toEqual(feeds.map(() => true));
    const table = await Promise.all(
      feeds.map(async ({ venue, exchange, products }) => {
        const its = await Promise.all(products.map((product) => symbolRow(`${product}@${venue}`)));
        const sum = (name: keyof SymbolRow["ticks"]) => its.reduce((total, { ticks }) => total + ticks[name], 0);
        const ticks = { accepted: sum("accepted"), duplicate: sum("duplicate"), late: sum("late") };
        return { venue, sent: exchange.sentKeys.size, ...ticks, outlier: sum("outlier") + sum("price_outlier") };
      }),
    );
    console.table(table);
    // On a slow machine a tick may come after its step has closed: it is told as late, and not lost without a word.
    for (const { venue, sent: all, accepted, late, duplicate, outlier } of table) {
      expect({ venue, taken: accepted + late, duplicate, outlier }).toEqual({
        ...{ venue, taken: all, duplicate: 0, outlier: 0 },
      });
    }
  } finally {
    clearInterval(pulse);
    await Promise.all(feeds.map((feed) => feed.close()));
  }
});
