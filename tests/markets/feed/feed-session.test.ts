// A feed's life against a driver by hand: connecting, pauses, silence, numbers, order.
import { expect, test } from "vitest";
import { RECEIVED } from "../../../src/markets/native-ticks.ts";
import type { VenueMessage, VenueTick } from "../../../src/markets/feed/venue-protocol.ts";
import { fakeVenue, HandDriver } from "./fake-venue.ts";

test("it connects, subscribes and is live with the first answer", () => {
  const driver = new HandDriver();
  driver.follow("A", "B");
  expect(driver.session.status().state).toBe("connecting");
  driver.session.opened(driver.nowMs);
  expect(driver.session.status().state).toBe("subscribing");
  expect(driver.log).toEqual(["connect", "+A 1", "+B 2"]);
  driver.receive({ kind: "subscribed", products: ["A"] });
  const { state, products } = driver.session.status();
  expect(state).toBe("live");
  expect(products.map((product) => product.state)).toEqual(["subscribed", "asked"]);
});

test("frames go out with the venue's pause between them", () => {
  const driver = new HandDriver(fakeVenue({ frameGapMs: 1_000 }));
  driver.follow("A", "B", "C");
  driver.session.opened(driver.nowMs);
  expect(driver.log).toEqual(["connect", "+A 1"]);
  driver.pass(1_000);
  expect(driver.log).toEqual(["connect", "+A 1", "+B 2"]);
  driver.pass(1_000);
  expect(driver.log.at(-1)).toBe("+C 3");
});

test("many frames go out at the venue's rate, however seldom the session is driven", () => {
  const driver = new HandDriver(fakeVenue({ frameGapMs: 100, maxProducts: 40 }));
  driver.follow(...Array.from({ length: 40 }, (_, i) => `P${i}`));
  driver.session.opened(driver.nowMs);
  const sent = () => driver.log.filter((text) => text.startsWith("+")).length;
  expect(sent()).toBe(1);
  const counts = Array.from({ length: 8 }, () => {
    driver.pass(250);
    return sent();
  });
  expect(counts).toEqual([3, 6, 8, 11, 13, 16, 18, 21]);
});

test("after a loss it waits, twice as long each time, a minute at most", () => {
  const driver = new HandDriver();
  driver.follow("A");
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    driver.session.lost({ text: "refused" }, driver.nowMs);
    waits.push(driver.session.status().nextAttemptMs! - driver.nowMs);
    driver.nowMs = driver.session.status().nextAttemptMs!;
    driver.session.advance(driver.nowMs);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(driver.session.status().counts.failedAttempts).toBe(9);
});

test("the pause is random, and never shorter than what the venue asks for", () => {
  const half = new HandDriver(fakeVenue(), 0);
  half.follow("A");
  half.session.lost({ text: "refused" }, half.nowMs);
  expect(half.session.status().nextAttemptMs! - half.nowMs).toBe(250);
  half.session.advance((half.nowMs += 250));
  half.session.lost({ status: 429, retryAfterMs: 90_000, text: "" }, half.nowMs);
  expect(half.session.status().nextAttemptMs! - half.nowMs).toBe(90_000);
  expect(half.session.status().lastFault?.text).toBe("HTTP 429: Fake has had too many connections from this address");
});

test("a venue's own words are kept in 300 characters", () => {
  const driver = new HandDriver();
  driver.follow("A");
  driver.session.lost({ text: "x".repeat(100_000) }, driver.nowMs);
  expect(driver.session.status().lastFault?.text).toHaveLength(300);
});

test("a refusal for legal reasons says what to do", () => {
  const driver = new HandDriver();
  driver.follow("A");
  driver.session.lost({ status: 451, text: "" }, driver.nowMs);
  expect(driver.session.status().lastFault?.text).toBe(
    "HTTP 451: Fake refuses clients from this country: choose another hint, so that the feed connects from elsewhere",
  );
});

test("a connection that held ends the doubling", () => {
  const driver = new HandDriver(fakeVenue({ silenceMs: 1e9 }));
  driver.follow("A");
  for (let i = 0; i < 5; i++) {
    driver.session.lost({ text: "refused" }, driver.nowMs);
    driver.nowMs = driver.session.status().nextAttemptMs!;
    driver.session.advance(driver.nowMs);
  }
  driver.goLive("A");
  driver.pass(30_000);
  driver.session.lost({ text: "1006" }, driver.nowMs);
  expect(driver.session.status().nextAttemptMs! - driver.nowMs).toBe(500);
});

test("a silent connection is given up, and all products are asked for again", () => {
  const driver = new HandDriver();
  driver.goLive("A", "B");
  driver.pass(10_000);
  expect(driver.log.at(-1)).toBe("close: no message in 10 s");
  expect(driver.session.status().state).toBe("waiting");
  driver.pass(500);
  driver.session.opened(driver.nowMs);
  expect(driver.log.slice(-3)).toEqual(["connect", "+A 3", "+B 4"]);
  driver.receive({ kind: "subscribed", products: [] });
  const { state, lastRecoveryMs, counts } = driver.session.status();
  expect(state).toBe("live");
  expect(lastRecoveryMs).toBe(500);
  expect(counts).toMatchObject({ connections: 2, disconnects: 1 });
});

test("a socket that does not open in ten seconds is given up", () => {
  const driver = new HandDriver();
  driver.follow("A");
  driver.pass(10_000);
  expect(driver.log).toEqual(["connect", "close: no connection in 10 s"]);
});

test("a subscription without an answer ends the connection, and a refused one does not", () => {
  const driver = new HandDriver(fakeVenue({ silenceMs: 1e9 }));
  driver.follow("A", "B");
  driver.session.opened(driver.nowMs);
  driver.receive({ kind: "subscribed", products: ["A"] });
  driver.receive({ kind: "refused", products: ["B"], text: "no such product" });
  driver.pass(20_000);
  const { state, products } = driver.session.status();
  expect(state).toBe("live");
  expect(products[1]).toMatchObject({ state: "refused", refusal: "no such product" });

  const other = new HandDriver(fakeVenue({ silenceMs: 1e9 }));
  other.follow("A", "B");
  other.session.opened(other.nowMs);
  other.receive({ kind: "subscribed", products: ["A"] });
  other.pass(15_000);
  expect(other.log.at(-1)).toBe("close: no answer to the subscription of B in 15 s");
});

test("a feed is not live when only refused products are left of it", () => {
  const driver = new HandDriver();
  driver.goLive("A");
  driver.follow("B");
  driver.receive({ kind: "refused", products: ["B"], text: "no such product" });
  expect(driver.session.status().state).toBe("subscribing");
  driver.follow("A", "B");
  driver.receive({ kind: "subscribed", products: ["A"] });
  expect(driver.session.status().state).toBe("live");
  driver.follow("B");
  expect(driver.session.status().state).toBe("subscribing");
});

test("an answer that names its request alone is about the products of that request", () => {
  const requestOf = (text: string) => {
    const [, sign, product, id] = /^([+-])(\w+) (\d+)$/.exec(text)!;
    return sign === "+" ? { id: Number(id), products: [product!] } : undefined;
  };
  const driver = new HandDriver(fakeVenue({ requestOf }));
  driver.follow("A", "B", "C");
  driver.session.opened(driver.nowMs);
  const states = () => driver.session.status().products.map(({ product, state }) => `${product} ${state}`);
  driver.receive({ kind: "subscribed", products: [], request: 1 });
  driver.receive({ kind: "refused", products: [], text: "too many", request: 2 });
  expect(states()).toEqual(["A subscribed", "B refused", "C asked"]);
  driver.follow("A", "B");
  // The answer to leaving C.
  driver.receive({ kind: "subscribed", products: [], request: 4 });
  expect(states()).toEqual(["A subscribed", "B refused"]);
});

test("trades that were seen are left out, and those that are missing are counted", () => {
  const driver = new HandDriver();
  driver.goLive("A");
  for (const number of [1, 2, 5]) driver.trade("A", number, driver.nowMs, number);
  expect(driver.take()).toEqual({ "A@kraken": [1, 2, 5] });
  driver.session.lost({ text: "1006" }, driver.nowMs);
  driver.pass(500);
  driver.session.opened(driver.nowMs);
  for (const number of [4, 5, 6]) driver.trade("A", number, driver.nowMs - 600, number);
  expect(driver.take()).toEqual({ "A@kraken": [6] });
  expect(driver.session.status().counts).toMatchObject({ gaps: 1, missedTrades: 2, repeatedTrades: 2, ticks: 4 });
});

test("a venue that counts its trades anew is followed", () => {
  const driver = new HandDriver();
  driver.goLive("A");
  driver.trade("A", 900_000);
  driver.nowMs += 5_000;
  driver.trade("A", 1);
  driver.trade("A", 2);
  expect(driver.take()["A@kraken"]).toHaveLength(3);
  expect(driver.session.status().lastDataFault?.text).toBe("the trades of A are counted anew");
});

test("messages that are missing by the connection's numbers are counted, in each connection anew", () => {
  const driver = new HandDriver();
  driver.goLive("A");
  for (const sequence of [0, 1, 4]) driver.receive({ kind: "other", sequence });
  driver.session.lost({ text: "1006" }, driver.nowMs);
  driver.pass(500);
  driver.session.opened(driver.nowMs);
  driver.receive({ kind: "other", sequence: 0 });
  expect(driver.session.status().counts).toMatchObject({ gaps: 1, missedMessages: 2 });
});

test("ticks are put in order within the venue's delay", () => {
  const driver = new HandDriver(fakeVenue({ reorderMs: 300 }));
  driver.goLive("A");
  const t = driver.nowMs;
  driver.trade("A", 1, t, 1);
  driver.trade("A", 2, t + 900, 2);
  driver.nowMs += 250;
  driver.trade("A", 3, t + 100, 3);
  expect(driver.take()).toEqual({});
  driver.nowMs += 100;
  expect(driver.take()).toEqual({ "A@kraken": [1, 3, 2] });
});

test("a tick without a time is dated by the least delay of those with one", () => {
  const venue = fakeVenue();
  // JSON has no symbols: a time that is null stands for none.
  const dated = ({ input, product }: VenueTick): VenueTick => ({
    product,
    input: input.ts === null ? { ...input, ts: RECEIVED } : input,
  });
  const read = (message: unknown): VenueMessage => {
    const found = venue.read(message);
    return found.kind === "ticks" ? { ...found, ticks: found.ticks.map(dated) } : found;
  };
  const driver = new HandDriver({ ...venue, read });
  driver.goLive("A");
  const quote = (): void => {
    const input = { symbol: "A", ts: null, price: undefined, bid: 99, ask: 101 };
    driver.receive({ kind: "ticks", ticks: [{ input, product: "A" }] });
  };
  const times = (): number[] => [...driver.session.take(driver.nowMs).values()].flat().map(({ tsMs }) => tsMs);
  quote();
  expect(times()).toEqual([driver.nowMs]);
  driver.trade("A", 1, driver.nowMs - 40);
  driver.trade("A", 2, driver.nowMs - 90);
  driver.session.take(driver.nowMs);
  quote();
  expect(times()).toEqual([driver.nowMs - 40]);
  expect(driver.session.status().lagMs).toBeCloseTo(41, 5);
});

test("what cannot be read is counted, and too much of it ends the connection", () => {
  const driver = new HandDriver();
  driver.goLive("A");
  for (let i = 0; i < 19; i++) driver.session.received("{half a mess", driver.nowMs);
  driver.session.received(new ArrayBuffer(3), driver.nowMs);
  expect(driver.log.at(-1)).toBe("close: 20 messages that cannot be read");
  expect(driver.session.status().counts.garbled).toBe(20);
});

test("an adapter that throws costs its message alone", () => {
  const driver = new HandDriver(
    fakeVenue({
      read: () => {
        throw new TypeError("boom");
      },
    }),
  );
  driver.follow("A");
  driver.session.opened(driver.nowMs);
  driver.session.received("{}", driver.nowMs);
  expect(driver.session.status().counts.garbled).toBe(1);
});

test("a refused tick is told, and those beside it are taken", () => {
  const driver = new HandDriver();
  driver.goLive("A");
  const [good, bad] = [100, -1].map((price) => ({ symbol: "A", ts: driver.nowMs, price }));
  driver.receive({ kind: "ticks", ticks: [bad!, good!].map((input) => ({ input, product: "A" })) });
  expect(driver.take()).toEqual({ "A@kraken": [100] });
  expect(driver.session.status().counts.refusedTicks).toBe(1);
  expect(driver.session.status().lastDataFault?.text).toMatch(/^a tick of A: price: got -1, expected a number from/);
});

test("products can be added and left while it is live; without any it stops", () => {
  const driver = new HandDriver();
  driver.goLive("A");
  driver.follow("A", "B");
  expect(driver.log.at(-1)).toBe("+B 2");
  driver.follow("B");
  expect(driver.log.at(-1)).toBe("-A 3");
  driver.trade("A", 1);
  expect(driver.take()).toEqual({});
  driver.follow();
  expect(driver.log.at(-1)).toBe("close: stopped");
  expect(driver.session.status().state).toBe("stopped");
  driver.pass(60_000);
  expect(driver.log.at(-1)).toBe("close: stopped");
});

test("a venue that leaves is connected to again at once", () => {
  const driver = new HandDriver();
  driver.goLive("A");
  driver.receive({ kind: "leaving", text: "maintenance" });
  expect(driver.log.at(-1)).toBe("close: Fake is leaving: maintenance");
  driver.pass(500);
  expect(driver.log.at(-1)).toBe("connect");
});

test("the client pings and answers pings", () => {
  const driver = new HandDriver(fakeVenue({ ping: { everyMs: 3_000, text: "ping" } }));
  driver.goLive("A");
  driver.pass(3_000);
  expect(driver.log.at(-1)).toBe("ping");
  driver.receive({ kind: "ping", answer: "pong 7" });
  expect(driver.log.at(-1)).toBe("pong 7");
});

test("a connection is renewed before the venue ends it", () => {
  const driver = new HandDriver(fakeVenue({ silenceMs: 1e9, maxAgeMs: 3_600_000 }));
  driver.goLive("A");
  driver.nowMs += 3_600_000;
  driver.session.advance(driver.nowMs);
  expect(driver.log.at(-1)).toBe("close: connected for 1 h, its longest");
});

test("a message of ticks that is sent twice counts once, also where trades have no numbers", () => {
  const driver = new HandDriver();
  driver.follow("A");
  driver.goLive("A");
  const trade = { input: { symbol: "A", ts: driver.nowMs, price: 7, id: "x" }, product: "A" };
  driver.receive({ kind: "ticks", ticks: [trade] });
  driver.receive({ kind: "ticks", ticks: [trade] });
  driver.receive({ kind: "other" });
  driver.receive({ kind: "ticks", ticks: [trade] });
  expect(driver.take()).toEqual({ "A@kraken": [7] });
  expect(driver.session.status().counts).toMatchObject({ ticks: 1, repeatedTrades: 2 });
  driver.receive({ kind: "ticks", ticks: [{ ...trade, input: { ...trade.input, id: "y" } }] });
  expect(driver.take()).toEqual({ "A@kraken": [7] });
});

test("two attempts are never closer than the venue asks for, and an old connection costs no such wait", () => {
  const driver = new HandDriver(fakeVenue({ leastRetryMs: 4_000, silenceMs: 1e9 }), 0);
  driver.follow("A");
  driver.session.lost({ text: "refused" }, (driver.nowMs += 1_000));
  expect(driver.session.status().nextAttemptMs! - driver.nowMs).toBe(3_000);
  driver.session.advance((driver.nowMs += 3_000));
  driver.goLive("A");
  driver.pass(60_000);
  driver.session.lost({ text: "1006" }, driver.nowMs);
  expect(driver.session.status().nextAttemptMs! - driver.nowMs).toBe(250);
});
