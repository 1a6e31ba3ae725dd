// Messages of the libraries that people collect with: cryptofeed, ccxt, tardis.
import { describe, expect, it } from "vitest";
import { ticksOf } from "./native.ts";

const TS = 1_618_677_786_615;

describe("ticksOfCryptofeed", () => {
  const trade = {
    exchange: "COINBASE",
    symbol: "BTC-USD",
    side: "buy",
    amount: "0.5",
    price: "60000.1",
    id: "77",
    type: null,
    timestamp: 1618677786.615,
    receipt_timestamp: 1618677786.7,
  };
  const tick = { symbol: "BTC-USD@coinbase", tsMs: TS, price: 60000.1, size: 0.5, id: 77, side: 1 };

  it("reads times in seconds to the millisecond, and the exchange as the venue", () => {
    expect(ticksOf(trade)).toEqual([tick]);
    for (let ms = 0; ms < 1000; ms++) {
      expect(ticksOf({ ...trade, timestamp: (1_618_677_786_000 + ms) / 1000 })).toMatchObject([
        { tsMs: 1_618_677_786_000 + ms },
      ]);
    }
  });

  it("takes the time of receipt where the exchange gave none", () => {
    expect(ticksOf({ ...trade, timestamp: null })).toMatchObject([{ tsMs: 1_618_677_786_700 }]);
  });

  it("reads tickers, and the best bid and ask by the format's name", () => {
    const name = { exchange: "BINANCE", symbol: "BTC-USDT", timestamp: 1618677786.615 };
    const quote = { symbol: "BTC-USDT@binance", tsMs: TS, bid: 10, ask: 11 };
    expect(ticksOf({ ...name, bid: 10, ask: 11, receipt_timestamp: 1618677787.5 })).toEqual([quote]);
    const book = { ...name, bid_price: 10, bid_size: 1, ask_price: 11, ask_size: 2 };
    expect(ticksOf(book, "cryptofeed")).toEqual([{ ...quote, bidSize: 1, askSize: 2 }]);
    // By itself it is a row in volgate's own form, whose times are ms.
    expect(ticksOf(book)).toEqual(["ts: ts_out_of_range"]);
  });

  it("has no ticks of orders, fills and liquidations, also by the format's name", () => {
    const order = { ...trade, client_order_id: "c", status: "open", remaining: "0.5", account: null };
    const fill = { ...trade, order_id: "8", liquidity: "M", fee: "0", account: null };
    const liquidation = { ...trade, amount: undefined, quantity: "0.5", status: "filled" };
    for (const message of [order, fill, liquidation]) {
      expect(ticksOf(message)).toEqual([]);
      expect(ticksOf({ ...message, receipt_timestamp: undefined }, "cryptofeed")).toEqual([]);
    }
  });

  it("does not take what it does not know for a message without a tick", () => {
    const name = { exchange: "X", symbol: "A-B", timestamp: 1618677786.615, receipt_timestamp: 1618677786.7 };
    expect(ticksOf({ ...name, last: 5 })).toBeUndefined();
    expect(ticksOf({ ...name, last: 5 }, "cryptofeed")).toBeUndefined();
  });

  it("knows messages without a tick", () => {
    const name = {
      exchange: "BINANCE",
      symbol: "BTC-USDT-PERP",
      timestamp: 1618677786.615,
      receipt_timestamp: 1618677786.7,
    };
    expect(ticksOf({ ...name, rate: 0.1, mark_price: 5, next_funding_time: 1618680000 })).toEqual([]);
    expect(ticksOf({ ...name, book: { bid: {}, ask: {} }, delta: null })).toEqual([]);
  });
});

describe("ticksOfCcxt", () => {
  const structure = { symbol: "BTC/USDT:USDT", timestamp: TS, datetime: "2021-04-17T16:43:06.615Z", info: { p: "1" } };

  it("reads trades", () => {
    const trade = {
      ...structure,
      id: "12345",
      order: undefined,
      type: null,
      side: "sell",
      takerOrMaker: "taker",
      price: 7.5,
      amount: 2,
      cost: 15,
      fee: null,
    };
    const tick = { symbol: "BTC/USDT:USDT", tsMs: TS, price: 7.5, size: 2, id: 12345, side: -1 };
    expect(ticksOf(trade)).toEqual([tick]);
    expect(ticksOf({ ...trade, info: undefined }, "ccxt")).toEqual([tick]);
  });

  it("has no ticks of orders, nor of trades of one's own, also by the format's name", () => {
    const own = { ...structure, id: "1", side: "buy", price: 7.5, amount: 2, cost: 15, fee: null };
    const order = { ...own, clientOrderId: null, status: "open", filled: 0, remaining: 2, trades: [] };
    for (const message of [order, { ...own, order: "77" }]) {
      expect(ticksOf(message)).toEqual([]);
      expect(ticksOf({ ...message, info: undefined }, "ccxt")).toEqual([]);
    }
    expect(ticksOf({ ...own, order: null })).toHaveLength(1);
  });

  it("reads tickers, and refuses one without a time", () => {
    const ticker = {
      ...structure,
      high: 9,
      low: 5,
      bid: 7,
      bidVolume: 1,
      ask: 8,
      askVolume: 2,
      open: 6,
      close: 7.5,
      last: 7.5,
      baseVolume: 99,
    };
    expect(ticksOf(ticker)).toEqual([
      { symbol: "BTC/USDT:USDT", tsMs: TS, price: 7.5, bid: 7, bidSize: 1, ask: 8, askSize: 2 },
    ]);
    expect(ticksOf({ ...ticker, timestamp: null })).toEqual(["ts: ts_missing"]);
    expect(ticksOf({ ...ticker, last: null })).toEqual([
      { symbol: "BTC/USDT:USDT", tsMs: TS, bid: 7, bidSize: 1, ask: 8, askSize: 2 },
    ]);
  });
});

describe("ticksOfTardis", () => {
  const of = (message: object) =>
    ticksOf({
      symbol: "XBTUSD",
      exchange: "bitmex",
      timestamp: "2021-04-17T16:43:06.615Z",
      localTimestamp: "2021-04-17T16:43:06.7Z",
      ...message,
    });
  const tick = { symbol: "XBTUSD@bitmex", tsMs: TS };

  it("reads trades, whose side may be unknown", () => {
    const trade = { type: "trade", id: "9", price: 7996, amount: 50 };
    expect(of({ ...trade, side: "sell" })).toEqual([{ ...tick, price: 7996, size: 50, id: 9, side: -1 }]);
    expect(of({ ...trade, side: "unknown" })).toEqual([{ ...tick, price: 7996, size: 50, id: 9 }]);
  });

  it("reads quotes by all their types", () => {
    const quote = { ...tick, bid: 10, bidSize: 1, ask: 11, askSize: 2 };
    const [bids, asks] = [
      [
        { price: 10, amount: 1 },
        { price: 9, amount: 4 },
      ],
      [{ price: 11, amount: 2 }],
    ];
    expect(of({ type: "book_ticker", askAmount: 2, askPrice: 11, bidPrice: 10, bidAmount: 1 })).toEqual([quote]);
    expect(of({ type: "book_snapshot", name: "book_snapshot_2_50ms", depth: 2, interval: 50, bids, asks })).toEqual([
      quote,
    ]);
    expect(of({ type: "quote", bids, asks })).toEqual([quote]);
    expect(of({ type: "book_snapshot", bids, asks: [] })).toEqual([]);
    expect(of({ type: "book_ticker", bidPrice: 10, bidAmount: 1 })).toEqual([]);
  });

  it("knows messages without a tick", () => {
    for (const type of ["book_change", "derivative_ticker", "disconnect", "trade_bar"])
      expect(of({ type })).toEqual([]);
  });
});
