import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ticksOfBar } from "../../src/markets/bar.ts";
import { ticksOfMessage } from "../../src/markets/message.ts";
import { ClosedStep } from "../../src/features/closed-step.ts";
import { EventGrid, gridConfig } from "../../src/features/event-grid.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick, type Tick } from "../../src/features/tick.ts";

/** What the parser makes of a message; throws when it refuses any tick of it. */
function ticksOf(message: unknown): Tick[] | undefined {
  return ticksOfMessage(message)?.map((input) => {
    const tick = parseTick(input, Infinity);
    if (isRejection(tick)) throw new Error(`${tick.field}: ${tick.reason}`);
    return tick;
  });
}

const BUY = { side: 1, barTrades: NaN, barVolume: NaN, barQuoteVolume: NaN, barTakerVolume: NaN };
const NONE = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };

describe("ticksOfMessage", () => {
  it("reads recorded Advanced Trade lines, whose sizes lie under raw and whose time has no zone", () => {
    const line = {
      timestamp: "2025-12-06T03:20:49.832045",
      product_id: "BTC-USD",
      price: "89700.03",
      best_bid: "89697.2",
      best_ask: "89697.21",
      raw: { type: "ticker", price: "89700.03", best_bid_quantity: "0.000013", best_ask_quantity: "0.001115" },
    };
    const quote = { bid: 89697.2, ask: 89697.21, bidSize: 0.000013, askSize: 0.001115 };
    expect(ticksOf(line)).toEqual([
      { ...NONE, symbol: "BTC-USD", tsMs: Date.UTC(2025, 11, 6, 3, 20, 49, 832), price: 89700.03, ...quote },
    ]);
  });

  it("reads native Advanced Trade lines without raw, with or without sizes", () => {
    const line = { product_id: "BTC-USD", price: "69705.9", best_bid: "69705.9", best_ask: "69705.91" };
    const timed = { ...line, timestamp: "2026-04-06T15:02:34.590029066Z" };
    const tick = { ...NONE, symbol: "BTC-USD", tsMs: 1775487754590, price: 69705.9, bid: 69705.9, ask: 69705.91 };
    expect(ticksOf(timed)).toEqual([tick]);
    expect(ticksOf({ ...timed, best_bid_quantity: "2", best_ask_quantity: "3" })).toEqual([
      { ...tick, bidSize: 2, askSize: 3 },
    ]);
    expect(ticksOf(line)).toBeUndefined();
  });

  it("reads every ticker of an Advanced Trade envelope, with the envelope's time", () => {
    const ticker = (product_id: string, price: string): object => ({
      ...{ type: "ticker", product_id, price, best_bid: "10", best_ask: "11" },
      ...{ best_bid_quantity: "0.5", best_ask_quantity: "1.5" },
    });
    const envelope = {
      channel: "ticker",
      client_id: "",
      timestamp: "2026-04-06T15:02:34.590029066Z",
      sequence_num: 7,
      events: [
        { type: "snapshot", tickers: [ticker("BTC-USD", "10.5"), ticker("ETH-USD", "10.25")] },
        { type: "update", tickers: [ticker("BTC-USD", "10.75")] },
      ],
    };
    const ticks = ticksOf(envelope)!;
    expect(ticks.map((t) => [t.symbol, t.price])).toEqual([
      ["BTC-USD", 10.5],
      ["ETH-USD", 10.25],
      ["BTC-USD", 10.75],
    ]);
    expect(ticks[2]).toMatchObject({ tsMs: 1775487754590, bid: 10, ask: 11, bidSize: 0.5, askSize: 1.5 });
    expect(ticksOf({ ...envelope, channel: "ticker_batch" })).toEqual(ticks);
  });

  it("reads Coinbase Exchange tickers with trade size and id", () => {
    const message = {
      ...{ type: "ticker", sequence: 333938798, product_id: "BAND-GBP", price: "14.7775", open_24h: "14.6647" },
      ...{ best_bid: "14.7550", best_ask: "14.8060", side: "buy", time: "2021-04-17T16:43:30.244075Z" },
      ...{ trade_id: 881613, last_size: "0.04" },
    };
    const tick = {
      ...{ symbol: "BAND-GBP", tsMs: Date.UTC(2021, 3, 17, 16, 43, 30, 244), price: 14.7775 },
      ...{ bid: 14.755, ask: 14.806, bidSize: NaN, askSize: NaN, size: 0.04, id: 881613, flow: BUY },
    };
    expect(ticksOf(message)).toEqual([tick]);
    expect(ticksOf({ ...message, best_bid_size: "3", best_ask_size: "4" })).toEqual([
      { ...tick, bidSize: 3, askSize: 4 },
    ]);
    expect(ticksOf({ ...message, time: undefined })).toEqual([]);
  });

  it("reads each of them as the payload of a collector's envelope, an object or its text", () => {
    const ticker = { type: "ticker", product_id: "BTC-USD", price: "10.5", best_bid: "10", best_ask: "11" };
    const timestamp = "2026-04-06T15:02:34.590029066Z";
    const payload = { channel: "ticker", timestamp, events: [{ type: "update", tickers: [ticker] }] };
    const expected = [{ ...NONE, symbol: "BTC-USD", tsMs: 1775487754590, price: 10.5, bid: 10, ask: 11 }];
    expect(ticksOf({ received_at: "2026-04-06T15:02:35Z", payload })).toEqual(expected);
    expect(ticksOf({ payload: JSON.stringify(payload) })).toEqual(expected);
    expect(ticksOf({ payload: { ...ticker, time: timestamp } })).toEqual(expected);
    for (const other of ["{", "null", 7, [payload], { payload }]) expect(ticksOf({ payload: other })).toBeUndefined();
  });

  it("reads canonical rows with other names of the time and sizes", () => {
    const row = { symbol: "BTC-USD", timestamp: "2025-12-01T00:00:00Z", price: 5, bid_size: 2, qty: 3 };
    expect(ticksOf(row)).toEqual([{ ...NONE, symbol: "BTC-USD", tsMs: 1764547200000, price: 5, bidSize: 2, size: 3 }]);
  });

  it("reads canonical rows, null being missing, and ticks of the ingest API", () => {
    const row = { ts: 1762538457496, symbol: "BTC-USD", price: 102284, bid: 102284, ask: 102284.01 };
    const full = {
      ...row,
      bidSize: 0.0552076,
      askSize: 0.00823279,
      tradeSize: 0.000011,
      side: "sell",
      tradeId: "898646910",
    };
    const tick = { symbol: "BTC-USD", tsMs: row.ts, price: 102284, bid: 102284, ask: 102284.01 };
    const flow = { side: -1, barTrades: NaN, barVolume: NaN, barQuoteVolume: NaN, barTakerVolume: NaN };
    expect(ticksOf(full)).toEqual([
      { ...tick, bidSize: 0.0552076, askSize: 0.00823279, size: 0.000011, id: 898646910, flow },
    ]);
    expect(ticksOf({ ...row, bidSize: null, askSize: null, tradeSize: null })).toEqual([{ ...NONE, ...tick }]);
    expect(ticksOf({ ...row, size: 5, id: "x9" })).toEqual([
      { ...NONE, ...tick, size: 5, id: expect.any(Number) as number },
    ]);
  });

  it.each([
    { type: "subscriptions", channels: [{ name: "ticker", product_ids: ["BTC-USD"] }] },
    { type: "l2update", product_id: "BTC-USD", changes: [["buy", "1", "2"]], time: "2021-04-17T16:43:30Z" },
    { channel: "heartbeats", timestamp: "2026-04-06T15:02:34Z", events: [{ heartbeat_counter: 3 }] },
  ])("knows that %j has no tick", (message) => {
    expect(ticksOfMessage(message)).toEqual([]);
  });

  it.each([
    { channel: "ticker", timestamp: "2026-04-06T15:02:34Z" },
    { timestamp_ms: 1, open: 1, high: 1, low: 1, close: 1 },
    [],
    null,
    "BTC-USD",
  ])("does not recognise %j", (message) => {
    expect(ticksOfMessage(message)).toBeUndefined();
  });

  it("never throws, and what it gives is always fit for the parser", () => {
    const keys = fc.constantFrom(
      "channel",
      "events",
      "timestamp",
      "type",
      "time",
      "product_id",
      "price",
      "raw",
      "ts",
      "symbol",
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom("ticker", [{ tickers: [null, 3, []] }], [[]], [null]),
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.dictionary(keys, value)), (message) => {
        for (const input of ticksOfMessage(message) ?? []) parseTick(input, Infinity);
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves errors of ticks to the parser, so that a broken ticker does not hide the others", () => {
    const tickers = [{ product_id: "BTC-USD", price: "abc" }, 7, { product_id: "ETH-USD", price: "2" }];
    const inputs = ticksOfMessage({
      channel: "ticker",
      timestamp: "2026-04-06T15:02:34Z",
      events: [{ tickers }, null],
    })!;
    const outcomes = inputs.map((input) => parseTick(input, Infinity));
    expect(outcomes.map((o) => (isRejection(o) ? o.reason : o.price))).toEqual([
      "price_not_finite",
      "symbol_missing",
      2,
    ]);
  });
});

describe("ticksOfBar", () => {
  it("gives the documented example", () => {
    const ticks = ticksOfBar({ timestamp_ms: 120_000, open: 10, high: 14, low: 9, close: 12 }, "X");
    expect(ticks).toEqual([
      { symbol: "X", ts: 60_000, price: 10 },
      { symbol: "X", ts: 80_000, price: 9 },
      { symbol: "X", ts: 100_000, price: 14 },
      { symbol: "X", ts: 119_999, price: 12 },
    ]);
  });

  it("closes a grid of the bar's length with exactly the bar's high, low and close", () => {
    const cents = fc.integer({ min: 1, max: 2_000_000 });
    const bars = fc.array(fc.tuple(cents, cents, cents, cents), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(bars, fc.constantFrom(60_000, 300_000, 1000), (list, stepMs) => {
        const ohlc = list.map(([open, a, b, close]) => ({
          ...{ open: open / 8, high: Math.max(a, b, close) / 8, low: Math.min(a, b, close) / 8, close: close / 8 },
        }));
        const packed = new PackedTicks();
        [...ohlc, ohlc[0]!].forEach((bar, i) => {
          const inputs = ticksOfBar({ ...bar, timestamp_ms: 1_764_547_200_000 + i * stepMs }, "X", stepMs)!;
          for (const input of inputs) packed.add(parseTick(input, Infinity) as Tick);
        });
        const steps: ClosedStep[] = [];
        const listener = {
          closeStep: (step: ClosedStep) => void steps.push(Object.assign(new ClosedStep(), step)),
          startSegment: () => undefined,
          observeGap: () => undefined,
        };
        new EventGrid(gridConfig(stepMs)).process(packed.rows(), listener, new Uint8Array(packed.count));
        expect(steps.map(({ high, low, price }) => ({ high, low, close: price }))).toEqual(
          ohlc.map(({ high, low, close }) => ({ high, low, close })),
        );
        steps.forEach((step, i) => expect([step.tsMs, step.ticks]).toEqual([1_764_547_200_000 + i * stepMs, 4]));
      }),
    );
  });

  it("moves an open outside the bar's range to its nearest price, and passes that extreme first", () => {
    const bar = { timestamp_ms: "120000", open: "20", high: "14", low: "9", close: "9" };
    expect(ticksOfBar(bar, "X")!.map((t) => t.price)).toEqual([14, 14, 9, 9]);
  });

  it("rejects a bar that lacks a price or contradicts itself", () => {
    const bar = { timestamp_ms: 120_000, open: 10, high: 14, low: 9, close: 12 };
    for (const change of [
      { close: 15 },
      { close: 8 },
      { low: 15 },
      { high: null },
      { open: "" },
      { timestamp_ms: "x" },
    ]) {
      expect(ticksOfBar({ ...bar, ...change }, "X")).toBeUndefined();
    }
    for (const value of [null, [], "bar"]) expect(ticksOfBar(value, "X")).toBeUndefined();
  });

  it("refuses a step that has no room for four ticks", () => {
    for (const stepMs of [0, 3, 60.5, NaN]) expect(() => ticksOfBar({}, "X", stepMs)).toThrow(RangeError);
  });
});
