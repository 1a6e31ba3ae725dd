// Messages of Kraken's spot WebSocket, versions 1 and 2.
import { describe, expect, it } from "vitest";
import { RECEIVED_MS, ticksOf } from "./native.ts";

const TIME = "2026-07-10T00:00:00.123456Z";
const TS_MS = Date.UTC(2026, 6, 10, 0, 0, 0, 123);

describe("ticksOfKraken", () => {
  it("reads trades of version 2 in their order", () => {
    const trade = (trade_id: number, side: string) => ({
      symbol: "BTC/USD",
      side,
      price: 100.1,
      qty: 0.25,
      trade_id,
      timestamp: TIME,
    });
    const tick = { symbol: "BTC/USD", tsMs: TS_MS, price: 100.1, size: 0.25 };
    expect(ticksOf({ channel: "trade", type: "update", data: [trade(123, "buy"), trade(124, "sell")] })).toEqual([
      { ...tick, id: 123, side: 1 },
      { ...tick, id: 124, side: -1 },
    ]);
  });

  it("reads tickers of version 2, which had no time once", () => {
    const ticker = { symbol: "BTC/USD", bid: 99.9, bid_qty: 1.2, ask: 100.1, ask_qty: 2.3, last: 100, volume: 7 };
    const tick = { symbol: "BTC/USD", price: 100, bid: 99.9, ask: 100.1, bidSize: 1.2, askSize: 2.3 };
    expect(ticksOf({ channel: "ticker", type: "update", data: [{ ...ticker, timestamp: TIME }] })).toEqual([
      { ...tick, tsMs: TS_MS },
    ]);
    expect(ticksOf({ channel: "ticker", type: "snapshot", data: [ticker] })).toEqual([{ ...tick, tsMs: RECEIVED_MS }]);
  });

  it("reads trades of version 1, whose times are seconds", () => {
    const message = [
      170,
      [
        ["0.0113", "2.5", "1561939201.587070", "s", "l", ""],
        ["0.0114", "1", "1561939201.9999", "b", "m", ""],
      ],
      "trade",
      "LTC/XBT",
    ];
    const id = expect.any(Number) as number;
    expect(ticksOf(message)).toEqual([
      { symbol: "LTC/XBT", tsMs: 1_561_939_201_587, price: 0.0113, size: 2.5, side: -1, id },
      { symbol: "LTC/XBT", tsMs: 1_561_939_201_999, price: 0.0114, size: 1, side: 1, id },
    ]);
  });

  it("tells equal trades of version 1 of one millisecond apart, and knows one that is sent again", () => {
    const of = (time: string) => ticksOf([170, [["0.01", "1", time, "s", "l", ""]], "trade", "LTC/XBT"]);
    expect(of("1561939201.587070")).not.toEqual(of("1561939201.587071"));
    expect(of("1561939201.587070")).toEqual(of("1561939201.587070"));
  });

  it("takes no message that only looks like one without a tick", () => {
    const others = [
      { id: -1, method: "subscribe", code: 0, result: { channel: "trade", data: [{ p: "1" }] } },
      { method: "ticker", success: true, data: { last: "1" } },
      { channel: "book", data: { symbol: "BTC/USD" } },
      { channel: "status" },
      [1, [["1", "1"]], "deals", "A/B"],
      [1, { p: "1" }, "trade", "A/B"],
    ];
    for (const message of others) {
      expect(ticksOf(message), JSON.stringify(message)).toBeUndefined();
      expect(ticksOf(message, "kraken")).toBeUndefined();
    }
  });

  it("reads quotes of version 1: tickers at the time of receipt, spreads at their own", () => {
    const ticker = { a: ["13.2539", 35, "35.7"], b: ["13.2329", 185, "185.1"], c: ["13.25", "3.7"], v: ["1", "2"] };
    expect(ticksOf([1668, ticker, "ticker", "WAVES/EUR"])).toEqual([
      {
        symbol: "WAVES/EUR",
        tsMs: RECEIVED_MS,
        price: 13.25,
        bid: 13.2329,
        ask: 13.2539,
        bidSize: 185.1,
        askSize: 35.7,
      },
    ]);
    expect(ticksOf([325, ["43770.2", "43770.3", "1633053779.916349", "0.5", "0.25"], "spread", "XBT/USD"])).toEqual([
      { symbol: "XBT/USD", tsMs: 1_633_053_779_916, bid: 43770.2, ask: 43770.3, bidSize: 0.5, askSize: 0.25 },
    ]);
  });

  it("has no ticks of markets that nobody quotes", () => {
    const empty = {
      symbol: "ANETx/USD",
      bid: 0,
      bid_qty: 0,
      ask: 0,
      ask_qty: 0,
      timestamp: "1970-01-01T00:00:00.000000Z",
    };
    expect(ticksOf({ channel: "ticker", type: "update", data: [empty, { ...empty, last: 0 }] })).toEqual([]);
    expect(ticksOf([545, ["0.000000000", "0.000000000", "0.000000", "0.00", "0.00"], "spread", "LINK/ETH"])).toEqual(
      [],
    );
    expect(
      ticksOf({ channel: "ticker", type: "update", data: [{ ...empty, last: 5, timestamp: TIME }] }),
    ).toMatchObject([{ price: 5 }]);
  });

  it("knows messages without a tick", () => {
    const others = [
      { channel: "heartbeat" },
      { channel: "book", type: "update", data: [{ symbol: "BTC/USD", bids: [], asks: [] }] },
      { method: "subscribe", result: { channel: "ticker" }, success: true, time_in: TIME, time_out: TIME },
      { event: "heartbeat" },
      { event: "subscriptionStatus", pair: "XBT/USD", status: "subscribed" },
      [468, { b: [["87.6", "35.0", "1561939258.5279"]] }, "book-1000", "XMR/USD"],
      [741, { a: [["413.9", "27.7", "1561939258.5"]] }, { b: [] }, "book-1000", "BCH/USD"],
    ];
    for (const message of others) expect(ticksOf(message)).toEqual([]);
  });

  it("takes no other list for a message", () => {
    for (const list of [[], [1, 2, 3, 4], [1, [], "trade"], ["1", [], "trade", "A"], [1, 2, "trade", "A"]]) {
      expect(ticksOf(list)).toBeUndefined();
    }
    expect(ticksOf([1, ["x", 3], "trade", "A/B"])).toEqual(["ts: ts_missing", "ts: ts_missing"]);
  });
});
