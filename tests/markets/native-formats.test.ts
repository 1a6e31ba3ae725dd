// Which format a message is of: told by itself, by its sender, or not at all.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTick } from "../../src/features/tick.ts";
import { readMessage, ticksOfMessage } from "../../src/markets/message.ts";
import { NATIVE_FORMATS, type NativeFormat, formatsOf, readNamedMessage } from "../../src/markets/native-formats.ts";
import { msOfEpoch, msOfSeconds } from "../../src/markets/native-ticks.ts";
import { ticksOf } from "./native.ts";

const T = 1_723_161_255_342;
const TIME = "2024-08-08T23:54:15.342Z";
const BOOK = { bids: [["10", "1"]], asks: [["11", "2"]], ts: T };

/** A message with a tick, or more, of each format. */
const MESSAGES: Readonly<Record<NativeFormat, readonly unknown[]>> = {
  coinbase_advanced: [
    { channel: "ticker", timestamp: TIME, events: [{ tickers: [{ product_id: "A-B", price: "1" }] }] },
    {
      channel: "market_trades",
      timestamp: TIME,
      events: [{ trades: [{ product_id: "A-B", price: "1", time: TIME }] }],
    },
    { timestamp: TIME, product_id: "A-B", price: "1", best_bid: "1", best_ask: "2", raw: { type: "ticker" } },
  ],
  coinbase_exchange: [
    { type: "ticker", product_id: "A-B", price: "1", time: TIME, trade_id: 1, side: "buy", last_size: "1" },
    { type: "match", product_id: "A-B", price: "1", size: "1", time: TIME, trade_id: 1, side: "sell" },
  ],
  binance: [
    { e: "trade", E: T, s: "AB", t: 1, p: "1", q: "1", T, m: true },
    { stream: "ab@aggTrade", data: { e: "aggTrade", E: T, s: "AB", a: 1, p: "1", q: "1", T, m: true } },
    { u: 1, s: "AB", b: "1", B: "1", a: "2", A: "1" },
  ],
  kraken: [
    { channel: "trade", type: "update", data: [{ symbol: "A/B", side: "buy", price: 1, qty: 1, timestamp: TIME }] },
    { channel: "ticker", type: "update", data: [{ symbol: "A/B", bid: 1, ask: 2, last: 1 }] },
    [1, [["1", "1", "1723161255.3", "b", "l", ""]], "trade", "A/B"],
    [1, { a: ["2", 1, "1"], b: ["1", 1, "1"], c: ["1", "1"] }, "ticker", "A/B"],
  ],
  bybit: [
    { topic: "publicTrade.AB", ts: T, data: [{ T, s: "AB", S: "Buy", v: "1", p: "1" }] },
    { topic: "tickers.AB", ts: T, data: { symbol: "AB", lastPrice: "1" } },
    { topic: "orderbook.1.AB", ts: T, data: { s: "AB", b: [["1", "1"]], a: [["2", "1"]] } },
  ],
  okx: [
    { arg: { channel: "trades", instId: "A-B" }, data: [{ instId: "A-B", px: "1", sz: "1", side: "buy", ts: `${T}` }] },
    { arg: { channel: "tickers", instId: "A-B" }, data: [{ instId: "A-B", last: "1", ts: `${T}` }] },
    { arg: { channel: "bbo-tbt", instId: "A-B" }, data: [BOOK] },
  ],
  bitstamp: [
    { event: "trade", channel: "live_trades_ab", data: { price: 1, amount: 1, type: 0, microtimestamp: `${T}000` } },
    { event: "data", channel: "order_book_ab", data: { ...BOOK, microtimestamp: `${T}000` } },
  ],
  hyperliquid: [
    { channel: "trades", data: [{ coin: "A", side: "B", px: "1", sz: "1", time: T, tid: 1 }] },
    { channel: "bbo", data: { coin: "A", time: T, bbo: [{ px: "1" }, { px: "2" }] } },
    { channel: "l2Book", data: { coin: "A", time: T, levels: [[{ px: "1" }], [{ px: "2" }]] } },
  ],
  alpaca: [
    { T: "t", S: "A", p: 1, s: 1, t: TIME },
    [{ T: "q", S: "A", bp: 1, ap: 2, t: TIME }],
    { T: "b", S: "A", o: 1, h: 1, l: 1, c: 1, t: TIME },
  ],
  cryptofeed: [
    {
      exchange: "X",
      symbol: "A-B",
      side: "buy",
      amount: 1,
      price: 1,
      timestamp: T / 1000,
      receipt_timestamp: T / 1000,
    },
    { exchange: "X", symbol: "A-B", bid: 1, ask: 2, timestamp: T / 1000, receipt_timestamp: T / 1000 },
  ],
  ccxt: [
    { symbol: "A/B", timestamp: T, datetime: TIME, info: {}, side: "buy", price: 1, amount: 1 },
    { symbol: "A/B", timestamp: T, datetime: TIME, info: {}, bid: 1, ask: 2, last: 1 },
  ],
  tardis: [
    {
      type: "trade",
      symbol: "AB",
      exchange: "x",
      price: 1,
      amount: 1,
      side: "buy",
      timestamp: TIME,
      localTimestamp: TIME,
    },
    {
      type: "book_ticker",
      symbol: "AB",
      exchange: "x",
      bidPrice: 1,
      askPrice: 2,
      timestamp: TIME,
      localTimestamp: TIME,
    },
  ],
};

describe("a native message", () => {
  it.each(NATIVE_FORMATS)("of %s is told by itself, and is of no other format", (format) => {
    for (const message of MESSAGES[format]) {
      expect(formatsOf(message)).toEqual([format]);
      const ticks = ticksOf(message)!;
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.every((tick) => typeof tick === "object")).toBe(true);
      expect(ticksOf(message, format)).toEqual(ticks);
      expect(ticksOf({ received_at: TIME, payload: JSON.stringify(message) })).toHaveLength(ticks.length);
    }
  });

  it.each(NATIVE_FORMATS)("of another format is refused by %s", (format) => {
    for (const other of NATIVE_FORMATS) {
      if (other === format) continue;
      for (const message of MESSAGES[other]) {
        const claimed = readNamedMessage(message, format);
        // A named library's trade may have the names of another one's: the sender has said whose it is.
        const isLibrary = [format, other].every((name) => ["cryptofeed", "ccxt", "tardis"].includes(name));
        if (!isLibrary) expect(claimed, `${format} of ${JSON.stringify(message)}`).toBeUndefined();
      }
    }
  });

  it("that two formats claim is of neither", () => {
    const both = { ...(MESSAGES.okx[0] as object), ...(MESSAGES.binance[0] as object) };
    expect(readMessage(both)).toEqual({ formats: ["binance", "okx"] });
    expect(ticksOfMessage(both)).toBeUndefined();
    expect(ticksOf(both, "okx")).toHaveLength(1);
  });

  it("without a time has that of its receipt, of the envelope or of who read it, or none", () => {
    const quote = MESSAGES.binance[2];
    expect(ticksOfMessage(quote)).toMatchObject([{ ts: undefined }]);
    expect(ticksOfMessage(quote, T)).toMatchObject([{ ts: T }]);
    expect(ticksOfMessage({ received_at: TIME, payload: quote })).toMatchObject([{ ts: T }]);
    expect(ticksOfMessage({ received_at: "?", payload: quote }, T + 1)).toMatchObject([{ ts: T + 1 }]);
    expect(parseTick(ticksOfMessage(quote)![0], Infinity)).toMatchObject({ reason: "ts_missing" });
  });

  it("is never read for a row in volgate's own form, whatever else the row has", () => {
    const row = { symbol: "A", ts: T, price: 1, type: "trade", channel: "ticker", exchange: "x", localTimestamp: TIME };
    expect(ticksOfMessage(row)).toEqual([row]);
  });

  const LOOKALIKES: Readonly<Record<string, object>> = {
    "Bybit's topic": { topic: "ticks" },
    "Bybit's book": { topic: "orderbook.50.A" },
    "Bybit's pong": { op: "pong" },
    "Binance's answer": { id: 7, result: null },
    "Binance's stream": { stream: "a@kline_1m", data: [] },
    "Binance's event": { e: "kline", E: T },
    "Kraken's book": { channel: "book", type: "update", data: [] },
    "Kraken's status": { channel: "status" },
    "Kraken's heartbeat": { channel: "heartbeat" },
    "Kraken's answer": { method: "mid", success: true },
    "Hyperliquid's error": { channel: "error", data: "x" },
    "OKX's event": { event: "error", code: 0 },
    "OKX's candles": { arg: { channel: "candle1m" }, data: [] },
    "Alpaca's types": { T: "o", S: "x" },
  };

  it.each(Object.keys(LOOKALIKES))("of %s is a row where a row's other fields alone look like it", (name) => {
    const named = { product_id: "A", time: TIME, bid: 1, ask: 2 };
    for (const own of [{ symbol: "R", timestamp: T, price: 100 }, named]) {
      const row = { ...own, ...LOOKALIKES[name] };
      expect(ticksOfMessage(row)).toEqual([row]);
      for (const format of NATIVE_FORMATS) expect(readMessage(row, format), format).toBeUndefined();
    }
  });

  it.each(Object.keys(LOOKALIKES))("of %s around a payload does not hide it", (name) => {
    const row = { symbol: "R", timestamp: T, price: 100 };
    const around = { received_at: TIME, ...LOOKALIKES[name] };
    for (const payload of [row, JSON.stringify(row)]) expect(ticksOfMessage({ ...around, payload })).toEqual([row]);
    expect(ticksOfMessage({ ...around, payload: MESSAGES.kraken[0] })).toHaveLength(1);
    expect(ticksOfMessage({ ...around, payload: { a: 1 } })).toBeUndefined();
    expect(ticksOfMessage({ ...around, payload: { channel: "heartbeat" } })).toEqual([]);
  });

  it("of an order, or of a liquidation, is no row although it has a symbol, a time and a price", () => {
    const flat = { product_id: "A-B", time: TIME, price: "1", side: "buy", order_id: "x", remaining_size: "1" };
    for (const type of ["received", "open", "done", "change"]) expect(ticksOfMessage({ ...flat, type })).toEqual([]);
    const liquidation = { type: "liquidation", symbol: "AB", exchange: "x", price: 1, amount: 1, side: "buy" };
    const timed = { ...liquidation, timestamp: TIME, localTimestamp: TIME };
    expect(ticksOfMessage(timed)).toEqual([]);
    expect(readMessage(timed, "tardis")).toEqual({ inputs: [] });
  });

  it("never makes a reader throw, however it is mutilated", () => {
    const messages = fc.constantFrom(...Object.values(MESSAGES).flat());
    const junk = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(null, [], {}, "", [[]], [null], { data: null }),
    );
    fc.assert(
      fc.property(
        messages,
        fc.nat(),
        fc.nat(),
        junk,
        fc.constantFrom(undefined, ...NATIVE_FORMATS),
        (message, a, b, value, format) => {
          const found = readMessage(mutilated(message, a, b, value), format);
          if (found === undefined || "formats" in found) return;
          for (const input of found.inputs) parseTick(input, Infinity);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

/** The message with one of its values, or of the values within, replaced. */
function mutilated(message: unknown, a: number, b: number, value: unknown): unknown {
  const copy = structuredClone(message) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys[a % keys.length]!;
  const inner = copy[key];
  if (b % 3 > 0 && typeof inner === "object" && inner !== null) copy[key] = mutilated(inner, b >> 2, b >> 4, value);
  else copy[key] = value;
  return copy;
}

describe("units of native times", () => {
  it("are told by magnitude, and floats of seconds are exact to the millisecond", () => {
    for (const time of [T / 1000, T, `${T}`, T * 1e3 + 9, `${T}000999`]) expect(msOfEpoch(time)).toBe(T);
    expect(msOfSeconds("1723161255.342999")).toBe(T);
    // As numbers these are rounded into the next second.
    const LAST = 1_764_547_200_999;
    for (const time of [`${LAST}999999`, `${LAST}999`, `${LAST}999.9`, `${LAST}`, "1764547200.999999999"]) {
      expect(msOfEpoch(time), time).toBe(LAST);
    }
    expect(msOfSeconds("1764547200.9999999999")).toBe(LAST);
    expect(msOfSeconds("1764547200.5")).toBe(1_764_547_200_500);
    expect(msOfSeconds("1764547200")).toBe(1_764_547_200_000);
    for (const other of [null, undefined, "x", {}, TIME, NaN]) {
      expect(msOfEpoch(other)).toBe(other);
      expect(msOfSeconds(other)).toBe(other);
    }
  });
});

describe("a field that has no text", () => {
  // `String(value)` throws for each of them.
  const WITHOUT_TEXT: readonly unknown[] = [{ toString: null, valueOf: null }, { toString: 1 }, [{ toString: null }]];

  it.each(NATIVE_FORMATS)("is read as any other that is wrong, in %s", (format) => {
    for (const message of MESSAGES[format]) {
      for (const wrong of WITHOUT_TEXT) {
        for (const changed of withEach(message, wrong)) {
          for (const name of [undefined, format]) expect(() => readMessage(changed, name)).not.toThrow();
        }
      }
    }
  });
});

/** Copies of a message, each with another value in one place. */
function withEach(message: unknown, wrong: unknown): unknown[] {
  if (typeof message !== "object" || message === null) return [wrong];
  const isList = Array.isArray(message);
  return Object.entries(message).flatMap(([name, value]) =>
    withEach(value, wrong).map((changed) => {
      return isList ? (message as unknown[]).with(Number(name), changed) : { ...message, [name]: changed };
    }),
  );
}
