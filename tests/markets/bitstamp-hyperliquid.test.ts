// Messages of Bitstamp and Hyperliquid.
import { describe, expect, it } from "vitest";
import { ticksOf } from "./native.ts";

describe("ticksOfBitstamp", () => {
  const TIMES = { timestamp: "1641343699", microtimestamp: "1641343699596999" };
  const TS_MS = 1_641_343_699_596;
  const of = (event: string, channel: string, data: object) => ticksOf({ event, channel, data: { ...TIMES, ...data } });

  it("reads trades: type 0 is a buy and 1 a sell", () => {
    const trade = {
      id: 216,
      amount: 0.0792,
      amount_str: "0.07920000",
      price: 3805.44,
      price_str: "3805.44",
      buy_order_id: 1,
      sell_order_id: 2,
    };
    const tick = { symbol: "ETHUSD", tsMs: TS_MS, price: 3805.44, size: 0.0792, id: 216 };
    expect(of("trade", "live_trades_ethusd", { ...trade, type: 0 })).toEqual([{ ...tick, side: 1 }]);
    expect(of("trade", "live_trades_ethusd", { ...trade, type: 1 })).toEqual([{ ...tick, side: -1 }]);
    expect(of("trade", "live_trades_ethusd", trade)).toEqual([tick]);
  });

  it("reads the top of whole books", () => {
    const book = {
      bids: [
        ["10", "1"],
        ["9", "5"],
      ],
      asks: [["11", "2"]],
    };
    const tick = { symbol: "BTCUSD", tsMs: TS_MS, bid: 10, bidSize: 1, ask: 11, askSize: 2 };
    expect(of("data", "order_book_btcusd", book)).toEqual([tick]);
    expect(of("data", "detail_order_book_btcusd", book)).toEqual([tick]);
    expect(of("data", "order_book_btcusd", { ...book, asks: [] })).toEqual([]);
  });

  it("knows messages without a tick", () => {
    expect(of("data", "diff_order_book_btcusd", { bids: [["1", "2"]], asks: [] })).toEqual([]);
    expect(of("order_created", "live_orders_btcusd", { price: 1, order_type: 0 })).toEqual([]);
    expect(ticksOf({ event: "bts:subscription_succeeded", channel: "live_trades_btcusd", data: {} })).toEqual([]);
  });
});

describe("ticksOfHyperliquid", () => {
  const TIME = 1_730_160_006_192;

  it("reads trades, A from an ask: the seller took", () => {
    const trade = {
      coin: "BTC",
      side: "B",
      px: "69997.0",
      sz: "0.38",
      time: TIME,
      hash: "0x",
      tid: 1_016_375_172_059_570,
      users: ["a", "b"],
    };
    const tick = { symbol: "BTC", tsMs: TIME, price: 69997, size: 0.38, id: 1_016_375_172_059_570, side: 1 };
    expect(ticksOf({ channel: "trades", data: [trade, { ...trade, side: "A", tid: 5 }] })).toEqual([
      tick,
      { ...tick, side: -1, id: 5 },
    ]);
  });

  it("reads the best bid and ask, and the top of the book", () => {
    const [bid, ask] = [
      { px: "59.8", sz: "3.4", n: 1 },
      { px: "59.9", sz: "2.9", n: 1 },
    ];
    const tick = { symbol: "KPEPE", tsMs: TIME, bid: 59.8, bidSize: 3.4, ask: 59.9, askSize: 2.9 };
    expect(ticksOf({ channel: "bbo", data: { coin: "kPEPE", time: TIME, bbo: [bid, ask] } })).toEqual([tick]);
    expect(ticksOf({ channel: "bbo", data: { coin: "kPEPE", time: TIME, bbo: [bid, null] } })).toEqual([]);
    expect(ticksOf({ channel: "l2Book", data: { coin: "kPEPE", time: TIME, levels: [[bid], [ask]] } })).toEqual([tick]);
    expect(ticksOf({ channel: "l2Book", data: { coin: "kPEPE", time: TIME, levels: [[], []] } })).toEqual([]);
  });

  it("refuses a spot pair that has no name", () => {
    const trade = { coin: "@162", side: "B", px: "1", sz: "1", time: TIME, tid: 1 };
    expect(ticksOf({ channel: "trades", data: [trade] })).toEqual(["symbol: symbol_malformed"]);
  });

  it("knows messages without a tick", () => {
    for (const channel of ["subscriptionResponse", "pong", "allMids", "candle", "userFills", "activeAssetCtx"]) {
      expect(ticksOf({ channel, data: {} })).toEqual([]);
    }
  });
});
