// Messages of Alpaca's market data streams.
import { describe, expect, it } from "vitest";
import { ticksOf } from "./native.ts";

const TIME = "2024-03-12T10:27:00.123456789Z";
const TS_MS = Date.UTC(2024, 2, 12, 10, 27, 0, 123);

describe("ticksOfAlpaca", () => {
  it("reads trades of stocks without a side, of crypto with the taker's", () => {
    const stock = { T: "t", S: "AAPL", i: 96921, x: "D", p: 126.55, s: 1, c: ["@", "I"], t: TIME, z: "C" };
    const crypto = { T: "t", S: "BTC/USD", p: 72000.5, s: 0.01, t: TIME, i: 7, tks: "B" };
    expect(ticksOf([stock, crypto])).toEqual([
      { symbol: "AAPL", tsMs: TS_MS, price: 126.55, size: 1, id: 96921 },
      { symbol: "BTC/USD", tsMs: TS_MS, price: 72000.5, size: 0.01, id: 7, side: 1 },
    ]);
  });

  it("reads quotes", () => {
    const quote = { T: "q", S: "AMD", bx: "U", bp: 87.66, bs: 1, ax: "Q", ap: 87.68, as: 4, t: TIME, c: ["R"], z: "C" };
    expect(ticksOf(quote)).toEqual([{ symbol: "AMD", tsMs: TS_MS, bid: 87.66, bidSize: 1, ask: 87.68, askSize: 4 }]);
  });

  it("reads a minute bar as four ticks from its start on, with its volume on the last", () => {
    const start = Date.UTC(2024, 2, 12, 10, 27);
    const bar = { T: "b", S: "SPY", o: 10, h: 14, l: 9, c: 12, v: 4986, n: 37, vw: 11.2, t: "2024-03-12T10:27:00Z" };
    expect(ticksOf(bar)).toEqual([
      { symbol: "SPY", tsMs: start, price: 10 },
      { symbol: "SPY", tsMs: start + 20_000, price: 9 },
      { symbol: "SPY", tsMs: start + 40_000, price: 14 },
      { symbol: "SPY", tsMs: start + 59_999, price: 12, barTrades: 37, barVolume: 4986 },
    ]);
    expect(ticksOf({ ...bar, c: 20 })).toEqual(["price: price_missing"]);
  });

  it("knows messages without a tick, alone and in lists", () => {
    expect(ticksOf([{ T: "success", msg: "connected" }])).toEqual([]);
    expect(ticksOf([{ T: "subscription", trades: ["AAPL"], quotes: [], bars: [] }])).toEqual([]);
    expect(ticksOf({ T: "d", S: "SPY", o: 1, h: 1, l: 1, c: 1, v: 1, t: TIME })).toEqual([]);
  });

  it("takes no list with anything else in it", () => {
    expect(ticksOf([{ T: "success", msg: "connected" }, 7])).toBeUndefined();
    expect(ticksOf([])).toBeUndefined();
  });
});
