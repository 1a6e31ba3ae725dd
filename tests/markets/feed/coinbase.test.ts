// Coinbase Advanced Trade and Coinbase Exchange: frames, answers, and what is counted of their messages.
import { describe, expect, test } from "vitest";
import { COINBASE } from "../../../src/markets/feed/coinbase.ts";
import { COINBASE_EXCHANGE } from "../../../src/markets/feed/coinbase-exchange.ts";
import { readText, ticksIn } from "./venue-text.ts";

const envelope = (channel: string, sequence_num: number, events: unknown): string =>
  JSON.stringify({ channel, client_id: "", timestamp: "2025-12-31T06:00:13.715382929Z", sequence_num, events });

describe("Coinbase Advanced Trade", () => {
  test("asks for heartbeats first, then for each product alone", () => {
    expect(COINBASE.subscribe(["BTC-USD", "ETH-USD"], 1).map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: "subscribe", channel: "heartbeats" },
      { type: "subscribe", channel: "market_trades", product_ids: ["BTC-USD"] },
      { type: "subscribe", channel: "ticker", product_ids: ["BTC-USD"] },
      { type: "subscribe", channel: "market_trades", product_ids: ["ETH-USD"] },
      { type: "subscribe", channel: "ticker", product_ids: ["ETH-USD"] },
    ]);
    expect(COINBASE.unsubscribe(["BTC-USD"], 9).map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: "unsubscribe", channel: "market_trades", product_ids: ["BTC-USD"] },
      { type: "unsubscribe", channel: "ticker", product_ids: ["BTC-USD"] },
    ]);
  });

  test("gives trades in the order in which they happened, though the message has the newest first", () => {
    const trade = (trade_id: string, price: string, time: string) =>
      ({ product_id: "BTC-USD", trade_id, price, size: "0.00003338", time, side: "BUY" }) as const;
    const trades = [
      trade("929248663", "88355.58", "2025-12-31T06:00:13.654578Z"),
      trade("929248662", "88355.59", "2025-12-31T06:00:13.613311Z"),
      { ...trade("7", "0.5", "2025-12-31T06:00:13.6Z"), product_id: "XLM-USD" },
      trade("929248661", "88355.57", "2025-12-31T06:00:13.613311Z"),
    ];
    expect(ticksIn(COINBASE, envelope("market_trades", 1854, [{ type: "update", trades }]))).toEqual([
      { product: "BTC-USD", trade: [929248661, 929248661], tsMs: 1767160813613, price: 88355.57, size: 0.00003338 },
      { product: "BTC-USD", trade: [929248662, 929248662], tsMs: 1767160813613, price: 88355.59, size: 0.00003338 },
      { product: "BTC-USD", trade: [929248663, 929248663], tsMs: 1767160813654, price: 88355.58, size: 0.00003338 },
      { product: "XLM-USD", trade: [7, 7], tsMs: 1767160813600, price: 0.5, size: 0.00003338 },
    ]);
  });

  test("takes the quote of a ticker alone: its price is that of a trade", () => {
    const ticker = {
      type: "ticker",
      product_id: "BTC-USD",
      price: "88355.58",
      best_bid: "88355.57",
      best_bid_quantity: "0.1",
      best_ask: "88355.58",
      best_ask_quantity: "0.2",
    };
    expect(ticksIn(COINBASE, envelope("ticker", 5, [{ type: "update", tickers: [ticker] }]))).toEqual([
      { product: "BTC-USD", tsMs: 1767160813715, bid: 88355.57, ask: 88355.58, bidSize: 0.1, askSize: 0.2 },
    ]);
  });

  test("hands on the number of every message of the connection", () => {
    const heartbeat = [{ current_time: "2025-12-31 06:00:13", heartbeat_counter: 3 }];
    expect(readText(COINBASE, envelope("heartbeats", 6, heartbeat))).toEqual({ kind: "other", sequence: 6 });
    expect(readText(COINBASE, envelope("a_new_channel", 7, []))).toEqual({ kind: "other", sequence: 7 });
    expect(readText(COINBASE, envelope("ticker", 8, [{ tickers: [] }]))).toEqual({ kind: "other", sequence: 8 });
  });

  test("counts a product as subscribed when both channels have it", () => {
    const answer = (subscriptions: object) => readText(COINBASE, envelope("subscriptions", 2, [{ subscriptions }]));
    expect(answer({ heartbeats: ["heartbeats"] })).toEqual({ kind: "other", sequence: 2 });
    expect(answer({ market_trades: ["BTC-USD", "ETH-USD"], ticker: ["BTC-USD"] })).toEqual({
      kind: "subscribed",
      products: ["BTC-USD"],
      sequence: 2,
    });
  });

  test("tells a refusal with the products that it names", () => {
    expect(readText(COINBASE, '{"type":"error","message":"invalid product: FOO-USD"}')).toEqual({
      kind: "refused",
      products: ["FOO-USD"],
      text: "invalid product: FOO-USD",
    });
    expect(readText(COINBASE, '{"type":"error","message":"rate limit exceeded"}')).toMatchObject({ products: [] });
  });

  test("has no products in USDC but two: Coinbase sends those in USD in their place", () => {
    expect(["btc/usd", "BTC-USD", "USDT-USDC"].map((name) => COINBASE.productOf(name))).toEqual([
      "BTC-USD",
      "BTC-USD",
      "USDT-USDC",
    ]);
    expect(["BTC-USDC", "BTCUSD", "BTC USD", ""].map((name) => COINBASE.productOf(name))).toEqual(
      Array.from({ length: 4 }),
    );
    expect(COINBASE.productOf("bit-31jan25-cde")).toBe("BIT-31JAN25-CDE");
  });
});

describe("Coinbase Exchange", () => {
  test("asks for each product alone, since one that does not exist takes its frame with it", () => {
    expect(COINBASE_EXCHANGE.subscribe(["BTC-USD", "FOO-USD"], 1).map((text) => JSON.parse(text) as unknown)).toEqual([
      { type: "subscribe", product_ids: ["BTC-USD"], channels: ["matches", "ticker", "heartbeat"] },
      { type: "subscribe", product_ids: ["FOO-USD"], channels: ["matches", "ticker", "heartbeat"] },
    ]);
    const text = '{"type":"error","message":"Failed to subscribe","reason":"FOO-USD is not a valid product"}';
    expect(readText(COINBASE_EXCHANGE, text)).toEqual({
      kind: "refused",
      products: ["FOO-USD"],
      text: "Failed to subscribe: FOO-USD is not a valid product",
    });
  });

  test("reads a recorded trade and its ticker: the trade once, numbered, with the taker's side", () => {
    const ticker =
      '{"type":"ticker","sequence":333938798,"product_id":"BAND-GBP","price":"14.7775","best_bid":"14.7550",' +
      '"best_ask":"14.8060","side":"buy","time":"2021-04-17T16:43:30.244075Z","trade_id":881613,"last_size":"0.04"}';
    const match =
      '{"type":"last_match","trade_id":881613,"maker_order_id":"27fff20b","taker_order_id":"1da6ce16","side":"sell",' +
      '"size":"0.04","price":"14.7775","product_id":"BAND-GBP","sequence":333938798,' +
      '"time":"2021-04-17T16:43:30.244075Z"}';
    expect(ticksIn(COINBASE_EXCHANGE, ticker)).toEqual([
      { product: "BAND-GBP", tsMs: 1618677810244, bid: 14.755, ask: 14.806 },
    ]);
    expect(ticksIn(COINBASE_EXCHANGE, match)).toEqual([
      { product: "BAND-GBP", trade: [881613, 881613], tsMs: 1618677810244, price: 14.7775, size: 0.04, side: 1 },
    ]);
  });

  test("knows its other messages", () => {
    const heartbeat =
      '{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2014-11-07"}';
    expect(readText(COINBASE_EXCHANGE, heartbeat)).toEqual({ kind: "other" });
    const channel = (name: string, ...product_ids: string[]) => ({ name, product_ids });
    const channels = [channel("matches", "A-USD", "B-USD"), channel("ticker", "B-USD"), channel("heartbeat", "A-USD")];
    expect(readText(COINBASE_EXCHANGE, JSON.stringify({ type: "subscriptions", channels }))).toEqual({
      kind: "subscribed",
      products: ["B-USD"],
    });
    expect(readText(COINBASE_EXCHANGE, "<html>")).toEqual({ kind: "unknown" });
    expect(readText(COINBASE_EXCHANGE, "[1,2]")).toEqual({ kind: "unknown" });
  });
});
