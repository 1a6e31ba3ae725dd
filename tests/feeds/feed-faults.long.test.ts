// Each venue's feed from Node, fault by fault: everything that a correct client could have had arrives, nothing twice.
// The table at the end has the time from the fault until the feed is subscribed to everything again; for a flood the
// time from its end until everything was read.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { FEED_VENUES, type FeedVenue } from "../../src/markets/feed/venue-protocol.ts";
import { FeedUnderTest } from "../exchange/feed-under-test.ts";
import { FAULTS, type Fault, moreTicks } from "../exchange/venue-faults.ts";
import { waitUntil } from "./wait-until.ts";

/** Trades and quotes of two products come this often, ms. */
const PULSE_MS = 20;

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
    await moreTicks(feed);
    const beganMs = Date.now();
    const accepted = feed.exchange.accepted;
    await run(feed);
    const recovery = feed.exchange.accepted === accepted ? "-" : ((Date.now() - beganMs) / 1_000).toFixed(1);
    await moreTicks(feed);
    clearInterval(pulse);
    const everythingSent = await feed.stop();
    const { sent, delivered, missing, doubled, unknown } = feed.comparison();
    table.push(cells(venue, name, sent, delivered - unknown.length, doubled.length, recovery));
    const what = `${venue}, ${name}: ${feed.noted.join(" | ")}`;
    expect({ missing, doubled, unknown, everythingSent }, what).toEqual({
      ...{ missing: [], doubled: [], unknown: [], everythingSent: true },
    });
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
