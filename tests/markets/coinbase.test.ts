// Messages of Coinbase, Advanced Trade and Exchange; tests/features/adapters.test.ts has its tickers.
import { describe, expect, it } from "vitest";
import { ticksOf } from "./native.ts";

const TIME = "2021-04-17T16:43:37.089723Z";
const TS_MS = Date.UTC(2021, 3, 17, 16, 43, 37, 89);

describe("ticksOfCoinbaseExchange", () => {
  const match = {
    ...{ type: "match", trade_id: 28, maker_order_id: "m", taker_order_id: "t", side: "sell", size: "985" },
    ...{ price: "0.00001305", product_id: "SKL-BTC", sequence: 177, time: TIME },
  };

  it("reads a match, whose side is the maker's", () => {
    const tick = { symbol: "SKL-BTC", tsMs: TS_MS, price: 0.00001305, size: 985, id: 28 };
    expect(ticksOf(match)).toEqual([{ ...tick, side: 1 }]);
    expect(ticksOf({ ...match, side: "buy", type: "last_match" })).toEqual([{ ...tick, side: -1 }]);
  });

  it("gives a trade one side, whether it comes as a ticker or as a match", () => {
    const ticker = { ...match, type: "ticker", side: "buy", last_size: "985", size: undefined };
    expect(ticksOf(ticker)).toEqual(ticksOf(match));
  });

  it("knows messages without a tick", () => {
    for (const type of ["heartbeat", "l2update", "snapshot", "received", "open", "done"]) {
      expect(ticksOf({ type, product_id: "BTC-USD", time: TIME })).toEqual([]);
    }
    expect(ticksOf({ type: "subscriptions", channels: [] })).toEqual([]);
    expect(ticksOf({ type: "ticker", product_id: "NEW-USD", price: "0" })).toEqual([]);
  });
});

describe("ticksOfCoinbaseAdvanced", () => {
  const trade = (trade_id: string, price: string) => ({
    ...{ trade_id, product_id: "ETH-USD", price, size: "0.3", side: "BUY", time: TIME },
  });
  const envelope = (channel: string, events: unknown) => ({
    channel,
    client_id: "",
    timestamp: TIME,
    sequence_num: 0,
    events,
  });

  it("reads market trades in their order, without a side, since nobody says whose it is", () => {
    const events = [
      { type: "snapshot", trades: [trade("2", "1260.5"), trade("1", "1260")] },
      { type: "update", trades: [trade("3", "1261")] },
    ];
    const tick = { symbol: "ETH-USD", tsMs: TS_MS, size: 0.3 };
    expect(ticksOf(envelope("market_trades", events))).toEqual([
      { ...tick, price: 1260.5, id: 2 },
      { ...tick, price: 1260, id: 1 },
      { ...tick, price: 1261, id: 3 },
    ]);
  });

  it("knows channels without a tick", () => {
    for (const channel of ["heartbeats", "subscriptions", "l2_data", "candles", "status"]) {
      expect(ticksOf(envelope(channel, [{}]))).toEqual([]);
    }
    expect(ticksOf(envelope("ticker", []))).toEqual([]);
  });
});
