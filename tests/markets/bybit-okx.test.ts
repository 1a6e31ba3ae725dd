// Messages of Bybit and OKX, version 5 of both.
import { describe, expect, it } from "vitest";
import { ticksOf } from "./native.ts";

const TS = 1_680_673_823_564;

describe("ticksOfBybit", () => {
  const trade = {
    T: TS,
    s: "BTCUSD",
    S: "Buy",
    v: "5823",
    p: "28560.50",
    L: "PlusTick",
    i: "0cbf2330-952d",
    BT: false,
  };

  it("reads public trades with the taker's side, and those of version 2", () => {
    const message = {
      topic: "publicTrade.BTCUSD",
      type: "snapshot",
      ts: TS + 2,
      data: [trade, { ...trade, S: "Sell", i: "912" }],
    };
    const tick = { symbol: "BTCUSD", tsMs: TS, price: 28560.5, size: 5823 };
    expect(ticksOf(message)).toEqual([
      { ...tick, side: 1, id: expect.any(Number) as number },
      { ...tick, side: -1, id: 912 },
    ]);
    const old = {
      trade_time_ms: TS,
      timestamp: "2023-04-05T05:50:23.000Z",
      symbol: "BTCUSD",
      side: "Sell",
      size: 4,
      price: 60621.5,
      trade_id: "7",
    };
    expect(ticksOf({ topic: "trade.BTCUSD", data: [old] })).toEqual([
      { symbol: "BTCUSD", tsMs: TS, price: 60621.5, size: 4, id: 7, side: -1 },
    ]);
    const oldest = { ...old, trade_time_ms: undefined };
    expect(ticksOf({ topic: "trade.BTCUSD", data: [oldest] })).toMatchObject([
      { tsMs: Date.UTC(2023, 3, 5, 5, 50, 23) },
    ]);
    expect(ticksOf({ topic: "trade.BTCUSD", data: [{ ...oldest, tradeTimeMs: String(TS) }] })).toMatchObject([
      { tsMs: TS },
    ]);
  });

  it("reads tickers, of a change no more than it says", () => {
    const quote = { bid1Price: "28560.00", bid1Size: "3", ask1Price: "28560.50", ask1Size: "7" };
    const of = (data: object) =>
      ticksOf({ topic: "tickers.BTCUSD", type: "delta", data: { symbol: "BTCUSD", ...data }, cs: 2, ts: TS });
    const tick = { symbol: "BTCUSD", tsMs: TS };
    const prices = { bid: 28560, bidSize: 3, ask: 28560.5, askSize: 7 };
    expect(of({ lastPrice: "28560.00", ...quote })).toEqual([{ ...tick, price: 28560, ...prices }]);
    expect(of(quote)).toEqual([{ ...tick, ...prices }]);
    expect(of({ lastPrice: "28561", bid1Price: "28560" })).toEqual([{ ...tick, price: 28561 }]);
    expect(of({ bid1Price: "28560" })).toEqual([]);
    expect(of({ openInterest: "1" })).toEqual([]);
  });

  it("reads the book of one level where both of its sides are known", () => {
    const of = (b: unknown, a: unknown) =>
      ticksOf({
        topic: "orderbook.1.BTCUSDT",
        type: "delta",
        ts: TS + 9,
        cts: TS,
        data: { s: "BTCUSDT", b, a, u: 7, seq: 1 },
      });
    const tick = { symbol: "BTCUSDT", tsMs: TS, bid: 27991.7, bidSize: 0.777, ask: 27994.4, askSize: 0.058, id: 7 };
    expect(of([["27991.70", "0.777"]], [["27994.40", "0.058"]])).toEqual([tick]);
    expect(
      of(
        [
          ["27994.60", "0"],
          ["27991.70", "0.777"],
        ],
        [
          ["27994.40", "0.058"],
          ["27994.80", "0"],
        ],
      ),
    ).toEqual([tick]);
    expect(of([["27991.70", "0.777"]], [])).toEqual([]);
    expect(of([["27991.70", "0"]], [["27994.40", "0.058"]])).toEqual([]);
  });

  it("has no ticks of block trades, which did not meet the book", () => {
    const of = (...data: object[]) => ticksOf({ topic: "publicTrade.BTCUSD", type: "snapshot", ts: TS, data });
    expect(of({ ...trade, BT: true })).toEqual([]);
    expect(of({ ...trade, BT: true, i: "1" }, { ...trade, i: "2" })).toMatchObject([{ id: 2 }]);
  });

  it("takes no message of another venue for one without a tick", () => {
    const others = [
      { type: "message", topic: "/market/match:BTC-USDT", subject: "trade.l3match", data: { price: "1" } },
      { topic: "PERP_BTC_USDT@trade", ts: TS, data: { symbol: "PERP_BTC_USDT", price: 1, size: 1, side: "BUY" } },
      { topic: "trade", params: { symbol: "BTCUSDT" }, data: { v: "1", t: TS, p: "1", q: "1", m: true } },
      { topic: "trade.BTCUSDT", data: { p: "1" } },
      { topic: "publicTrade.BTCUSDT", data: null },
      { topic: "tickers.BTCUSDT", data: { last: "1" } },
      { topic: "orderbook.1.BTCUSDT", data: { bids: [["1", "1"]], asks: [["2", "1"]] } },
      { topic: "order", data: [{ price: "1" }] },
      { topic: "prices", data: [] },
    ];
    for (const message of others) {
      expect(ticksOf(message), JSON.stringify(message)).toBeUndefined();
      expect(ticksOf(message, "bybit")).toBeUndefined();
    }
  });

  it("knows messages without a tick", () => {
    const topics = [
      ...[
        "kline_lt.5.EOS3LUSDT",
        "tickers_lt.EOS3LUSDT",
        "lt.EOS3LUSDT",
        "liquidation.BTCUSDT",
        "orderbook.rpi.BTCUSDT",
      ],
      ...["allLiquidation.BTCUSDT", "insurance.USDT", "priceLimit.BTCUSDT", "adlAlert.USDT"],
      ...["orderBookL2_25.BTCUSD", "orderBook_200.100ms.BTCUSD", "instrument_info.100ms.BTCUSD", "klineV2.1.BTCUSD"],
    ];
    for (const topic of topics) expect(ticksOf({ topic, ts: TS, data: {} }), topic).toEqual([]);
    expect(ticksOf({ topic: "execution.fast", creationTime: TS, data: [{}] })).toEqual([]);
    const others = [
      { success: true, ret_msg: "", op: "subscribe", conn_id: "c" },
      {
        topic: "orderbook.50.BTCUSDT",
        type: "snapshot",
        ts: TS,
        data: { s: "BTCUSDT", b: [["1", "1"]], a: [["2", "1"]] },
      },
      { topic: "kline.1.BTCUSDT", ts: TS, data: [{}] },
    ];
    for (const message of others) expect(ticksOf(message)).toEqual([]);
  });
});

describe("ticksOfOkx", () => {
  const of = (channel: string, data: unknown) => ticksOf({ arg: { channel, instId: "BTC-USDT" }, data });

  it("reads trades with the taker's side", () => {
    const trade = {
      instId: "BTC-USDT",
      tradeId: "78",
      px: "30218.8",
      sz: "1",
      side: "buy",
      ts: String(TS),
      count: "3",
    };
    const tick = { symbol: "BTC-USDT", tsMs: TS, price: 30218.8, size: 1, id: 78, side: 1 };
    expect(of("trades", [trade, { ...trade, tradeId: "79", side: "sell" }])).toEqual([
      tick,
      { ...tick, id: 79, side: -1 },
    ]);
    expect(of("trades-all", [trade])).toEqual([tick]);
  });

  it("reads tickers without the size of the trade that they repeat", () => {
    const ticker = {
      instType: "SPOT",
      instId: "BTC-USDT",
      last: "11",
      lastSz: "1",
      askPx: "12",
      askSz: "3",
      bidPx: "10",
      bidSz: "4",
      ts: String(TS),
    };
    expect(of("tickers", [ticker])).toEqual([
      { symbol: "BTC-USDT", tsMs: TS, price: 11, bid: 10, ask: 12, bidSize: 4, askSize: 3 },
    ]);
  });

  it("reads the top of books that are whole, which name the market beside them", () => {
    const book = {
      asks: [
        ["12", "7", "0", "22"],
        ["13", "1", "0", "1"],
      ],
      bids: [["10", "9", "0", "2"]],
      ts: String(TS),
      seqId: 5,
    };
    const tick = { symbol: "BTC-USDT", tsMs: TS, bid: 10, bidSize: 9, ask: 12, askSize: 7, id: 5 };
    expect(of("bbo-tbt", [book])).toEqual([tick]);
    expect(of("books5", [book])).toEqual([tick]);
    expect(of("books", [book])).toEqual([]);
    expect(of("bbo-tbt", [{ ...book, bids: [] }])).toEqual([]);
  });

  it("knows messages without a tick", () => {
    expect(ticksOf({ event: "subscribe", arg: { channel: "trades", instId: "BTC-USDT" }, connId: "a" })).toEqual([]);
    expect(ticksOf({ event: "error", code: "60012", msg: "Invalid request" })).toEqual([]);
    const channels = [
      ...[
        "funding-rate",
        "books",
        "books-l2-tbt",
        "books50-l2-tbt",
        "candle1m",
        "mark-price-candle1D",
        "open-interest",
      ],
      ...["liquidation-orders", "option-trades", "public-block-trades", "sprd-tickers", "orders", "index-tickers"],
    ];
    for (const channel of channels) expect(of(channel, [{}]), channel).toEqual([]);
  });

  it("takes no message of another venue for one without a tick", () => {
    const arg = { instType: "SPOT", channel: "trade", instId: "BTCUSDT" };
    const others = [
      { arg: { channel: "trade", instId: "BTCUSDT" }, data: [{ price: "1" }] },
      { action: "snapshot", arg, data: [{ ts: String(TS), price: "1", size: "1", side: "buy", tradeId: "1" }], ts: TS },
      { action: "snapshot", arg: { ...arg, channel: "books" }, data: [{ asks: [], bids: [] }], ts: TS },
      { event: "trade", code: 0, data: { price: "1" } },
      { event: "update", arg: { channel: "trades" }, data: { price: "1" } },
    ];
    for (const message of others) {
      expect(ticksOf(message), JSON.stringify(message)).toBeUndefined();
      expect(ticksOf(message, "okx")).toBeUndefined();
    }
  });
});
