import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { type RejectionReason, type Tick } from "../../src/features/tick.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";
import { FLOW_FIELDS } from "../../src/features/trade-flow.ts";
import { START_MS } from "./tick-stream.ts";

/** Every reason; the compiler says when one is missing. */
const REJECTION_REASONS = Object.keys({
  not_an_object: true,
  symbol_missing: true,
  symbol_malformed: true,
  ts_missing: true,
  ts_malformed: true,
  ts_out_of_range: true,
  ts_in_future: true,
  ts_outlier: true,
  price_missing: true,
  price_not_finite: true,
  price_not_positive: true,
  price_out_of_range: true,
  price_outside_quote: true,
  price_outlier: true,
  bid_not_finite: true,
  bid_not_positive: true,
  bid_out_of_range: true,
  ask_not_finite: true,
  ask_not_positive: true,
  ask_out_of_range: true,
  crossed_quote: true,
  bid_size_not_finite: true,
  bid_size_negative: true,
  bid_size_out_of_range: true,
  ask_size_not_finite: true,
  ask_size_negative: true,
  ask_size_out_of_range: true,
  size_not_finite: true,
  size_negative: true,
  size_out_of_range: true,
  id_malformed: true,
  venue_malformed: true,
  side_malformed: true,
  bar_trades_malformed: true,
  bar_trades_not_finite: true,
  bar_trades_negative: true,
  bar_trades_out_of_range: true,
  bar_volume_not_finite: true,
  bar_volume_negative: true,
  bar_volume_out_of_range: true,
  bar_quote_volume_not_finite: true,
  bar_quote_volume_negative: true,
  bar_quote_volume_out_of_range: true,
  bar_taker_volume_not_finite: true,
  bar_taker_volume_negative: true,
  bar_taker_volume_out_of_range: true,
  not_json: true,
} satisfies Record<RejectionReason, true>);

const GOOD = { symbol: "BTC-USD", ts: START_MS, price: 89700.03 };

/** One input per reason, with the field it must name. */
const REFUSED: readonly [RejectionReason, string, unknown][] = [
  ["not_an_object", "tick", [GOOD]],
  ["not_an_object", "tick", null],
  ["not_an_object", "tick", "BTC-USD"],
  ["symbol_missing", "symbol", { ts: START_MS, price: 1 }],
  ["symbol_missing", "symbol", { ...GOOD, symbol: null }],
  ["symbol_malformed", "symbol", { ...GOOD, symbol: "" }],
  ["symbol_malformed", "symbol", { ...GOOD, symbol: "BTC USD" }],
  ["symbol_malformed", "symbol", { ...GOOD, symbol: "A".repeat(65) }],
  ["venue_malformed", "venue", { ...GOOD, venue: "a b" }],
  ["venue_malformed", "venue", { ...GOOD, symbol: "BTC-USD@kraken", venue: "coinbase" }],
  ["symbol_malformed", "symbol", { ...GOOD, symbol: 7 }],
  ["ts_missing", "ts", { symbol: "X", price: 1 }],
  ["ts_missing", "ts", { ...GOOD, ts: null }],
  ["ts_malformed", "ts", { ...GOOD, ts: "yesterday" }],
  ["ts_malformed", "ts", { ...GOOD, ts: NaN }],
  ["ts_out_of_range", "ts", { ...GOOD, ts: 1_764_547_200 }],
  ["ts_out_of_range", "ts", { ...GOOD, ts: 1e300 }],
  ["ts_out_of_range", "ts", { ...GOOD, ts: "1970-01-02T00:00:00Z" }],
  ["ts_out_of_range", "ts", { ...GOOD, ts: Date.UTC(2009, 0, 1) - 1 }],
  ["ts_out_of_range", "ts", { ...GOOD, ts: "2101-01-01T00:00:00Z" }],
  ["ts_missing", "ts", { symbol: "X", price: 1, time: START_MS, timestamp: START_MS + 1 }],
  ["ts_malformed", "ts", { ...GOOD, ts: "1.76498E+12" }],
  ["ts_in_future", "ts", { ...GOOD, ts: START_MS + 5001 }],
  ["price_missing", "price", { ...GOOD, price: null }],
  ["price_not_finite", "price", { ...GOOD, price: "1e999" }],
  ["price_missing", "price", { ...GOOD, price: "" }],
  ["price_not_finite", "price", { ...GOOD, price: true }],
  ["price_not_positive", "price", { ...GOOD, price: 0 }],
  ["price_not_positive", "price", { ...GOOD, price: "-5" }],
  ["price_out_of_range", "price", { ...GOOD, price: 5e-324 }],
  ["price_out_of_range", "price", { ...GOOD, price: 1.1e15 }],
  ["bid_out_of_range", "bid", { ...GOOD, bid: "1e-16" }],
  ["ask_out_of_range", "ask", { ...GOOD, ask: 1e300 }],
  ["bid_size_out_of_range", "bidSize", { ...GOOD, bidSize: 1e16 }],
  ["ask_size_out_of_range", "askSize", { ...GOOD, askSize: 1e16 }],
  ["size_out_of_range", "size", { ...GOOD, size: "1e16" }],
  ["bid_not_finite", "bid", { ...GOOD, bid: "x" }],
  ["bid_not_positive", "bid", { ...GOOD, bid: -1 }],
  ["ask_not_finite", "ask", { ...GOOD, ask: Infinity }],
  ["ask_not_positive", "ask", { ...GOOD, ask: -1 }],
  ["crossed_quote", "bid", { ...GOOD, bid: 2, ask: 1 }],
  ["bid_size_not_finite", "bidSize", { ...GOOD, bidSize: {} }],
  ["bid_size_negative", "bidSize", { ...GOOD, bidSize: -0.1 }],
  ["ask_size_not_finite", "askSize", { ...GOOD, askSize: "many" }],
  ["ask_size_negative", "askSize", { ...GOOD, askSize: "-1" }],
  ["size_not_finite", "size", { ...GOOD, size: NaN }],
  ["size_negative", "size", { ...GOOD, size: -1 }],
  ["id_malformed", "id", { ...GOOD, id: true }],
  ["id_malformed", "id", { ...GOOD, id: {} }],
  ["price_missing", "price", { ...GOOD, price: null, bid: 1 }],
  ["crossed_quote", "bid", { ...GOOD, price: null, bid: 2, ask: 1 }],
  ["side_malformed", "side", { ...GOOD, side: "up" }],
  ["side_malformed", "side", { ...GOOD, side: true }],
  ["side_malformed", "side", { ...GOOD, side: "constructor" }],
  ["side_malformed", "side", { ...GOOD, side: "__proto__" }],
  ["bar_trades_malformed", "barTrades", { ...GOOD, barTrades: 1.5 }],
  ["bar_trades_not_finite", "barTrades", { ...GOOD, barTrades: "many" }],
  ["bar_trades_negative", "barTrades", { ...GOOD, barTrades: -1 }],
  ["bar_trades_out_of_range", "barTrades", { ...GOOD, barTrades: 1e19 }],
  ["bar_volume_not_finite", "barVolume", { ...GOOD, barVolume: {} }],
  ["bar_volume_negative", "barVolume", { ...GOOD, barVolume: "-1" }],
  ["bar_volume_out_of_range", "barVolume", { ...GOOD, barVolume: 1e19 }],
  ["bar_quote_volume_not_finite", "barQuoteVolume", { ...GOOD, barQuoteVolume: "x" }],
  ["bar_quote_volume_negative", "barQuoteVolume", { ...GOOD, barQuoteVolume: -1 }],
  ["bar_quote_volume_out_of_range", "barQuoteVolume", { ...GOOD, barQuoteVolume: 1e19 }],
  ["bar_taker_volume_not_finite", "barTakerVolume", { ...GOOD, barTakerVolume: "x" }],
  ["bar_taker_volume_negative", "barTakerVolume", { ...GOOD, barTakerVolume: -1 }],
  ["bar_taker_volume_out_of_range", "barTakerVolume", { ...GOOD, barTakerVolume: 1e19 }],
  ["price_outside_quote", "price", { ...GOOD, price: 10 * 89700, bid: 89700, ask: 89701 }],
  ["price_outside_quote", "price", { ...GOOD, price: 89.9, bid: 100, ask: 101 }],
  ["price_outside_quote", "price", { ...GOOD, price: 110.2, bid: 99, ask: 100 }],
];

/** The tick in row `i`: the fields in the order of the packed form. */
function unpackTick(rows: Float64Array, i: number, symbol: string): Tick {
  const field = (k: number): number => rows[i * TICK_FIELDS + k]!;
  const [side, barTrades, barVolume, barQuoteVolume, barTakerVolume] = [8, 9, 10, 11, 12].map(field) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const flow = { side, barTrades, barVolume, barQuoteVolume, barTakerVolume };
  return {
    symbol,
    tsMs: field(0),
    price: field(1),
    bid: field(2),
    ask: field(3),
    bidSize: field(4),
    askSize: field(5),
    size: field(6),
    id: field(7),
    ...(Object.values(flow).every(Number.isNaN) ? {} : { flow }),
  };
}

const parsed = (value: unknown, receivedAtMs = START_MS): Tick => {
  const tick = parseTick(value, receivedAtMs);
  if (isRejection(tick)) throw new Error(`${tick.reason}: ${tick.got}`);
  return tick;
};

const SIZE = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: undefined });
const VALID = fc
  .record({
    symbol: fc.stringMatching(/^[A-Za-z0-9^][A-Za-z0-9._:/=^-]{0,63}$/),
    ts: fc.integer({ min: Date.UTC(2009, 0, 1), max: START_MS }),
    price: fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
    quote: fc.option(
      fc.tuple(fc.double({ min: 0.1, max: 1.1, noNaN: true }), fc.double({ min: 1, max: 10, noNaN: true })),
    ),
    bidSize: SIZE,
    askSize: SIZE,
    size: SIZE,
    id: fc.option(fc.oneof(fc.maxSafeNat(), fc.string({ maxLength: 40 })), { nil: undefined }),
    venue: fc.constantFrom(undefined, null, "", "kraken", "Binance.US"),
    side: fc.constantFrom(undefined, null, "buy", "SELL", "s", "unknown"),
    barTrades: fc.option(fc.maxSafeNat(), { nil: undefined }),
    barVolume: SIZE,
    barQuoteVolume: SIZE,
    barTakerVolume: SIZE,
  })
  .map(({ quote, ...rest }) => {
    const [low, high] = quote ?? [];
    return { ...rest, ...(low && high ? { bid: rest.price * low, ask: rest.price * Math.max(low, high) } : {}) };
  });

describe("parseTick", () => {
  it.each(REFUSED)("refuses with %s, naming %s", (reason, field, value) => {
    expect(parseTick(value, START_MS)).toMatchObject({ reason, field });
  });

  it("can give every reason but those that are decided elsewhere", () => {
    const elsewhere: RejectionReason[] = ["ts_outlier", "price_outlier", "not_json"];
    const given = new Set([...REFUSED.map(([reason]) => reason), ...elsewhere]);
    expect([...given].sort()).toEqual([...REJECTION_REASONS].sort());
  });

  it("never throws, whatever the value", () => {
    const field = fc.oneof(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), fc.jsonValue());
    const names = [
      ...["symbol", "ts", "price", "bid", "ask", "bidSize", "askSize", "size", "id", "venue"],
      ...FLOW_FIELDS,
    ] as const;
    const likeATick = fc.tuple(fc.constantFrom(...names), field).map(([name, value]) => ({ ...GOOD, [name]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), field, likeATick), (value) => {
        const result = parseTick(value, START_MS);
        if (isRejection(result)) {
          expect(REJECTION_REASONS).toContain(result.reason);
          expect(result.got.length).toBeLessThanOrEqual(80);
        } else {
          expect(result.price > 0 || result.bid <= result.ask).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("refuses a field nested a hundred thousand deep without running out of stack", () => {
    const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    expect(parseTick({ ...GOOD, symbol: deep }, START_MS)).toMatchObject({
      reason: "symbol_malformed",
      got: "an array",
    });
  });

  it("keeps valid ticks to the bit through packing and unpacking", () => {
    fc.assert(
      fc.property(fc.array(VALID, { maxLength: 300 }), fc.nat(4), (values, capacity) => {
        const packed = new PackedTicks(capacity);
        const ticks = values.map((value) => parsed(value));
        for (const tick of ticks) packed.add(tick);
        const rows = packed.rows();
        expect([packed.count, rows.length]).toEqual([ticks.length, ticks.length * TICK_FIELDS]);
        ticks.forEach((tick, i) => expect(unpackTick(rows, i, tick.symbol)).toEqual(tick));
      }),
    );
  });

  it("counts the trade of a thin book beside one side, however far away", () => {
    expect(parsed({ ...GOOD, price: 100, bid: 40, ask: 0 })).toMatchObject({ price: 100, bid: 40, ask: NaN });
    expect(parsed({ ...GOOD, price: 100, ask: 250 })).toMatchObject({ price: 100, bid: NaN, ask: 250 });
    expect(parsed({ ...GOOD, price: 89.9, bid: 100 })).toMatchObject({ price: 89.9, bid: 100 });
    expect(parsed({ ...GOOD, price: 110.2, bid: null, ask: 100 })).toMatchObject({ price: 110.2, ask: 100 });
  });

  it("takes a quote without a trade, whose price is missing", () => {
    const quote = parsed({ symbol: "EUR/USD", ts: START_MS, bid: 1.0841, ask: 1.0842 });
    expect(quote).toMatchObject({ symbol: "EUR/USD", price: NaN, bid: 1.0841, ask: 1.0842 });
  });

  it("keeps the side of a trade and the flow of a bar, and has none where nothing is known", () => {
    const flow = { barTrades: 12, barVolume: "3.5", barQuoteVolume: 350.25, barTakerVolume: 0 };
    expect(parsed({ ...GOOD, ...flow }).flow).toEqual({ ...flow, side: NaN, barVolume: 3.5 });
    const sides = ["buy", "B", "Sell", "A", 1, -1].map((side) => parsed({ ...GOOD, side }).flow?.side);
    expect(sides).toEqual([1, 1, -1, -1, 1, -1]);
    for (const side of ["unknown", "N/A", null, "n"]) expect(parsed({ ...GOOD, side }).flow).toBeUndefined();
  });

  it("keeps symbols of two venues apart, by a field or behind an @", () => {
    expect(parsed({ ...GOOD, venue: "Kraken" }).symbol).toBe("BTC-USD@kraken");
    expect(parsed({ ...GOOD, exchange: "coinbase" }).symbol).toBe("BTC-USD@coinbase");
    expect(parsed({ ...GOOD, symbol: "btc-usd@KRAKEN" }).symbol).toBe("BTC-USD@kraken");
    expect(parsed({ ...GOOD, venue: "", exchange: "kraken" }).symbol).toBe("BTC-USD@kraken");
    for (const venue of ["N/A", "", null, "none"]) expect(parsed({ ...GOOD, venue }).symbol).toBe("BTC-USD");
  });

  it("takes numbers as decimal strings and null as missing", () => {
    const tick = parsed({ ...GOOD, price: "89700.03", bid: "89697.2", ask: null, bidSize: "0.000013", size: 0 });
    expect(tick).toEqual({
      ...{ symbol: "BTC-USD", tsMs: START_MS, price: 89700.03, bid: 89697.2, ask: NaN },
      ...{ bidSize: 0.000013, askSize: NaN, size: 0, id: NaN },
    });
  });

  it("makes a size of minus zero a plain zero, so that equal ticks have equal bits", () => {
    expect(Object.is(parsed({ ...GOOD, bidSize: -0 }).bidSize, 0)).toBe(true);
  });

  it("takes a locked quote, and a tick exactly 5 s ahead", () => {
    expect(parsed({ ...GOOD, bid: 89700, ask: 89700 }).bid).toBe(89700);
    expect(parsed({ ...GOOD, ts: START_MS + 5000 }).tsMs).toBe(START_MS + 5000);
  });

  it("cuts a time below the millisecond and never looks at the clock for files", () => {
    expect(parsed({ ...GOOD, ts: START_MS + 0.9 }).tsMs).toBe(START_MS);
    expect(parsed({ ...GOOD, ts: START_MS * 2 }, Infinity).tsMs).toBe(START_MS * 2);
  });
});

describe("numbers that come as text", () => {
  it("are decimal only: other notations that JavaScript accepts are refused", () => {
    for (const price of ["0x10", "0b1", "1_000", "Infinity", "1,5"]) {
      expect(parseTick({ ...GOOD, price }, Infinity)).toMatchObject({ reason: "price_not_finite", field: "price" });
    }
    for (const price of ["95002.61", " 1e3 ", "+.5", "7."]) {
      expect(parsed({ ...GOOD, price }, Infinity).price).toBe(Number(price));
    }
  });
});
