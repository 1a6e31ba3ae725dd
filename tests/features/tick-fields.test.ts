// The one reader of tick fields: names, other names, and what it says of the rest.
import { describe, expect, it } from "vitest";
import { IgnoredFields, readTickFields } from "../../src/features/tick-fields.ts";
import { DEFAULT_TICK_RULES, isRejection, parseTick, type Tick } from "../../src/features/tick.ts";
import { START_MS } from "./tick-stream.ts";

const BARE = { symbol: "BTC-USD", ts: START_MS, price: 100 };

function ignoredIn(message: Record<string, unknown>): readonly string[] {
  const ignored = new IgnoredFields();
  readTickFields(message, ignored);
  return ignored.names;
}

const read = (message: unknown, ignored?: IgnoredFields): Tick => {
  const tick = parseTick(message, Infinity, DEFAULT_TICK_RULES, ignored);
  if (isRejection(tick)) throw new Error(`${tick.reason}: ${tick.got}`);
  return tick;
};

describe("readTickFields", () => {
  it("gives the documented example", () => {
    const message = { symbol: "A", timestamp: START_MS, price: 1, qty: 2, exchange: "X", note: "" };
    expect(readTickFields(message)).toMatchObject({ symbol: "A", ts: START_MS, price: 1, size: 2, id: undefined });
    expect(readTickFields(message).venue).toBe("X");
    expect(ignoredIn(message)).toEqual(["note"]);
  });

  it("takes the sizes and ids that vendors name otherwise", () => {
    const tick = read({ ...BARE, bid: 99, ask: 101, bid_size: "1", ask_size: 2, amount: 3, trade_id: "7" });
    expect(tick).toMatchObject({ bidSize: 1, askSize: 2, size: 3, id: 7 });
    expect(read({ symbol: "A", time: "2025-12-01T00:00:00Z", price: 1 }).tsMs).toBe(START_MS);
  });

  it("prefers a field's own name, and names the value that it overrules unless both are the same", () => {
    const message = { ...BARE, size: 1, tradeSize: 2, amount: 1, time: START_MS };
    expect(readTickFields(message)).toMatchObject({ size: 1, ts: START_MS });
    expect(ignoredIn(message)).toEqual(["tradeSize"]);
    expect(readTickFields({ ...BARE, size: null, qty: 5 }).size).toBe(5);
  });

  it("takes no time of two that differ, and one of two that are the same", () => {
    const two = { symbol: "A", price: 1, timestamp: START_MS, time: START_MS + 1 };
    expect(parseTick(two, Infinity)).toMatchObject({
      reason: "ts_missing",
      got: "timestamp and time, which differ",
      expected: "one time, as ts",
    });
    expect(read({ ...two, time: START_MS }).tsMs).toBe(START_MS);
    expect(read({ ...two, ts: START_MS + 2 }).tsMs).toBe(START_MS + 2);
  });

  it("takes one time, number or id that two names write differently", () => {
    const two = { symbol: "A", price: 1, timestamp: "2025-12-01T00:00:00Z", time: START_MS };
    expect(read(two).tsMs).toBe(START_MS);
    expect(ignoredIn({ ...BARE, ts: START_MS, time: "2025-12-01T01:00:00+01:00" })).toEqual([]);
    expect(ignoredIn({ ...BARE, size: "2.50", qty: 2.5, id: 7, trade_id: "7" })).toEqual([]);
    expect(ignoredIn({ ...BARE, size: "2.50", qty: 2.6, id: 7, trade_id: "8" })).toEqual(["qty", "trade_id"]);
    expect(parseTick({ ...two, time: "soon" }, Infinity)).toMatchObject({ reason: "ts_missing" });
  });

  it("takes texts for a missing value as files have them, and another name's value instead", () => {
    for (const text of ["N/A", "", " ", "NaN", "null", "-"]) {
      const tick = read({ ...BARE, bid: text, ask: 101, bidSize: text, size: text, id: text });
      expect(tick).toMatchObject({ bid: NaN, ask: 101, bidSize: NaN, size: NaN, id: NaN });
      expect(parseTick({ ...BARE, price: text }, Infinity)).toMatchObject({ reason: "price_missing" });
      expect(parseTick({ ...BARE, ts: text }, Infinity)).toMatchObject({ reason: "ts_missing" });
      expect(read({ ...BARE, best_bid: 99, bid: text }).bid).toBe(99);
    }
    expect(read({ ...BARE, symbol: "NA" }).symbol).toBe("NA");
  });

  it("names what no tick has, names of the prototype included, 20 at most and cut", () => {
    expect(ignoredIn({ ...BARE, bidsize: 1, constructor: 2, note: null })).toEqual(["bidsize", "constructor", "note"]);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${"x".repeat(100)}${i}`, i]));
    expect(new Set(ignoredIn(many).map((name) => name.length))).toEqual(new Set([64]));
    const short = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`, i]));
    expect(ignoredIn(short)).toHaveLength(20);
  });
});

describe("parseTick", () => {
  it("takes a quote of 0 as a missing side", () => {
    for (const bid of [0, "0", "0.000", -0]) expect(read({ ...BARE, bid, ask: 0, bidSize: 3 }).bid).toBeNaN();
    expect(read({ ...BARE, bid: 0, ask: 101 })).toMatchObject({ bid: NaN, ask: 101 });
  });

  it("takes every id that is a text or a number, and says which cannot be exact", () => {
    const ignored = new IgnoredFields();
    for (const id of [-1, 1.5, "9007199254740993", "x".repeat(500)])
      expect(read({ ...BARE, id }, ignored).id).toBeLessThan(0);
    expect(ignored.names).toEqual([]);
    expect(read({ ...BARE, id: 2 ** 60 }, ignored).id).toBeLessThan(0);
    expect(ignored.names).toEqual(["id (rounded above 2^53: send it as text)"]);
  });

  it.each([
    [1_764_547_200, "seconds"],
    ["1764547200.5", "seconds"],
    [1_764_547_200_000_000, "microseconds"],
    ["1764547200000000000", "nanoseconds"],
  ])("names the unit that %s looks like", (ts, unit) => {
    const expected = `ms since 1970 UTC from 2009 to 2100, or an ISO 8601 time; this looks like ${unit}`;
    expect(parseTick({ ...BARE, ts }, Infinity)).toMatchObject({ reason: "ts_out_of_range", expected });
  });

  it("takes the margin to the quote and the tolerance for the future from the rules", () => {
    const far = { ...BARE, bid: 110, ask: 111 };
    expect(read({ ...far, bid: 111 }).price).toBe(100);
    expect(parseTick({ ...far, bid: 111.2, ask: 112 }, Infinity)).toMatchObject({
      reason: "price_outside_quote",
      expected: "within 10 % of its quote of 111.2 to 112",
    });
    const rules = { futureToleranceMs: 20_000, quoteMarginPercent: 5 };
    expect(parseTick(far, Infinity, rules)).toMatchObject({ reason: "price_outside_quote" });
    expect(parseTick(BARE, START_MS - 20_000, rules)).toMatchObject({ tsMs: START_MS });
    expect(parseTick(BARE, START_MS - 20_001, rules)).toMatchObject({ reason: "ts_in_future" });
  });
});
