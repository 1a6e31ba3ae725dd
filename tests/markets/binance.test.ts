// Messages of Binance, spot and futures.
import { describe, expect, it } from "vitest";
import { RECEIVED_MS, ticksOf } from "./native.ts";

const T = 1_723_161_255_342;
const TRADE = { e: "trade", E: T + 1, s: "BTCUSDT", t: 37, p: "61837.63", q: "0.02", T, m: true, M: true };
const QUOTE = { u: 50_093_239_212, s: "BTCUSDT", b: "61837.63", B: "3.7", a: "61837.64", A: "1.5" };

describe("ticksOfBinance", () => {
  it("reads trades, whose seller took when the buyer was the maker", () => {
    const tick = { symbol: "BTCUSDT", tsMs: T, price: 61837.63, size: 0.02, id: 37 };
    expect(ticksOf(TRADE)).toEqual([{ ...tick, side: -1 }]);
    expect(ticksOf({ ...TRADE, m: false })).toEqual([{ ...tick, side: 1 }]);
    expect(ticksOf({ ...TRADE, m: undefined })).toEqual([tick]);
    expect(ticksOf({ stream: "btcusdt@trade", data: TRADE })).toEqual([{ ...tick, side: -1 }]);
  });

  it("reads aggregate trades by their own id", () => {
    const message = { e: "aggTrade", E: T, s: "BTCUSDT", a: 99, p: "1", q: "2", f: 5, l: 6, T, m: false };
    expect(ticksOf(message)).toEqual([{ symbol: "BTCUSDT", tsMs: T, price: 1, size: 2, id: 99, side: 1 }]);
  });

  it("reads times in microseconds where the stream was asked for them", () => {
    expect(ticksOf({ ...TRADE, T: T * 1000 + 7 })).toMatchObject([{ tsMs: T }]);
  });

  it("has no ticks of trades that did not meet the book", () => {
    expect(ticksOf({ ...TRADE, X: "MARKET" })).toHaveLength(1);
    for (const X of ["INSURANCE_FUND", "ADL", "NA"]) expect(ticksOf({ ...TRADE, X })).toEqual([]);
  });

  it("reads quotes of futures at their own time, of spot at the time of receipt", () => {
    const quote = { symbol: "BTCUSDT", bid: 61837.63, ask: 61837.64, bidSize: 3.7, askSize: 1.5, id: 50_093_239_212 };
    expect(ticksOf({ ...QUOTE, e: "bookTicker", T, E: T + 5 })).toEqual([{ ...quote, tsMs: T }]);
    expect(ticksOf(QUOTE)).toEqual([{ ...quote, tsMs: RECEIVED_MS }]);
    expect(ticksOf({ stream: "btcusdt@bookTicker", data: QUOTE })).toEqual([{ ...quote, tsMs: RECEIVED_MS }]);
  });

  it("knows messages without a tick", () => {
    const kline = { e: "kline", E: T, s: "BTCUSDT", k: { t: 1, o: "1" } };
    const others = [
      { e: "depthUpdate", E: T, s: "BTCUSDT", U: 1, u: 2, b: [["1", "2"]], a: [] },
      { stream: "btcusdt@kline_1m", data: kline },
      { stream: "!ticker@arr", data: [{ e: "24hrTicker" }] },
      { result: null, id: 1 },
      { lastUpdateId: 5, bids: [["1", "2"]], asks: [] },
    ];
    for (const message of others) expect(ticksOf(message)).toEqual([]);
  });

  it("knows the answer to a list of subscriptions, and books in streams", () => {
    const book = { lastUpdateId: 5, bids: [["1", "2"]], asks: [] };
    const answers = [
      { result: ["btcusdt@trade"], id: "a" },
      { stream: "btcusdt@depth20@100ms", data: book },
    ];
    for (const message of answers) expect(ticksOf(message)).toEqual([]);
  });

  it("takes no message of another venue for one without a tick", () => {
    const others = [
      { id: 1, result: { channel: "trade", data: [{ p: "1" }] } },
      { id: 1, time: T, channel: "spot.trades", event: "update", result: [{ price: "1" }] },
      { jsonrpc: "2.0", id: 1, result: [] },
      { stream: "trades", data: { price: "1" } },
      { stream: "trade.SOL_USDC", data: { price: "1" } },
      { stream: "btcusdt@trade", data: { price: "1" } },
      { stream: "btcusdt@trade", data: [{ e: "deal" }] },
      { stream: "depth.SOL_USDC", data: { e: "depth", E: T, s: "SOL_USDC" } },
      { e: "deal", E: T, s: "BTCUSDT", p: "1" },
    ];
    for (const message of others) expect(ticksOf(message), JSON.stringify(message)).toBeUndefined();
    for (const message of others) expect(ticksOf(message, "binance"), JSON.stringify(message)).toBeUndefined();
  });

  it("leaves what is wrong with a trade to the parser", () => {
    expect(ticksOf({ ...TRADE, p: "x" })).toEqual(["price: price_not_finite"]);
    expect(ticksOf({ ...TRADE, m: "perhaps" })).toEqual(["side: side_malformed"]);
    expect(ticksOf({ ...TRADE, T: undefined })).toEqual(["ts: ts_missing"]);
  });
});
