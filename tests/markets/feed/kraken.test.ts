// Kraken, version 2: frames, answers, and what is counted of its messages, as in its documentation.
import { expect, test } from "vitest";
import { KRAKEN } from "../../../src/markets/feed/kraken.ts";
import { readText, ticksIn } from "./venue-text.ts";

test("asks for trades with their snapshot, and for every change of the quote", () => {
  expect(KRAKEN.subscribe(["BTC/USD", "ETH/USD"], 3).map((text) => JSON.parse(text) as unknown)).toEqual([
    {
      method: "subscribe",
      params: { channel: "trade", symbol: ["BTC/USD", "ETH/USD"], snapshot: true },
      req_id: 3,
    },
    {
      method: "subscribe",
      params: { channel: "ticker", symbol: ["BTC/USD", "ETH/USD"], event_trigger: "bbo", snapshot: true },
      req_id: 4,
    },
  ]);
  const many = Array.from({ length: 101 }, (_, i) => `P${i}/USD`);
  expect(KRAKEN.subscribe(many, 1).map((text) => (JSON.parse(text) as { req_id: number }).req_id)).toEqual([
    1, 2, 3, 4,
  ]);
});

test("reads trades with their numbers, in order also where a snapshot has the newest first", () => {
  const trade = (trade_id: number, price: number) => ({
    symbol: "MATIC/USD",
    side: "buy",
    price,
    qty: 40,
    ord_type: "market",
    trade_id,
    timestamp: "2023-09-25T07:49:37.708706Z",
  });
  const text = JSON.stringify({
    channel: "trade",
    type: "snapshot",
    data: [trade(4665906, 0.5147), trade(4665905, 0.51)],
  });
  const tick = { product: "MATIC/USD", tsMs: 1695628177708, size: 40, side: 1 };
  expect(ticksIn(KRAKEN, text)).toEqual([
    { ...tick, trade: [4665905, 4665905], price: 0.51 },
    { ...tick, trade: [4665906, 4665906], price: 0.5147 },
  ]);
});

test("takes the quote of a ticker alone", () => {
  const ticker = {
    symbol: "ALGO/USD",
    bid: 0.10025,
    bid_qty: 740,
    ask: 0.10036,
    ask_qty: 1361.44813783,
    last: 0.10035,
    timestamp: "2026-11-30T00:00:00.123456Z",
  };
  expect(ticksIn(KRAKEN, JSON.stringify({ channel: "ticker", type: "update", data: [ticker] }))).toEqual([
    {
      product: "ALGO/USD",
      tsMs: Date.UTC(2026, 10, 30) + 123,
      bid: 0.10025,
      ask: 0.10036,
      bidSize: 740,
      askSize: 1361.44813783,
    },
  ]);
});

test("tells answers, refusals and the rest apart", () => {
  const times = { time_in: "2023-09-25T09:04:31.742599Z", time_out: "2023-09-25T09:04:31.742648Z" };
  const yes = { method: "subscribe", result: { channel: "trade", snapshot: true, symbol: "BTC/USD" }, success: true };
  expect(readText(KRAKEN, JSON.stringify({ ...yes, ...times }))).toEqual({ kind: "subscribed", products: ["BTC/USD"] });
  const error = "Currency pair not supported FOO/USD";
  const no = { error, method: "subscribe", success: false, symbol: "FOO/USD", ...times };
  expect(readText(KRAKEN, JSON.stringify(no))).toEqual({ kind: "refused", products: ["FOO/USD"], text: error });
  const off = { method: "unsubscribe", result: { channel: "trade", symbol: "BTC/USD" }, success: true, ...times };
  expect(readText(KRAKEN, JSON.stringify(off))).toEqual({ kind: "other" });
  expect(readText(KRAKEN, '{"channel":"heartbeat"}')).toEqual({ kind: "other" });
  const status = {
    channel: "status",
    type: "update",
    data: [{ api_version: "v2", system: "online", version: "2.0.4" }],
  };
  expect(readText(KRAKEN, JSON.stringify(status))).toEqual({ kind: "other" });
  expect(readText(KRAKEN, '{"some":"thing"}')).toEqual({ kind: "unknown" });
});

test("takes a product in several spellings, with the names of version 1 too", () => {
  expect(["BTC/USD", "btc-usd", "XBT/USD", "xdg/usd"].map((name) => KRAKEN.productOf(name))).toEqual([
    "BTC/USD",
    "BTC/USD",
    "BTC/USD",
    "DOGE/USD",
  ]);
  expect(KRAKEN.productOf("XXBTZUSD")).toBeUndefined();
});
