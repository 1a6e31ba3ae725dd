// Which ticks a packed frame carries, and that the gateway reads from it what it would read from their JSON.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packedFrame } from "../../clients/typescript/src/ticks/packed-frame.ts";
import { ticksJson } from "../../clients/typescript/src/ticks/tick-frame-text.ts";
import type { SentTick } from "../../clients/typescript/src/ticks/tick-sender-options.ts";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";
import { decodeTickFrame, isFrameFault } from "../../src/markets/tick-frame.ts";

const price = fc.double({ min: 1, max: 1e6, noNaN: true });
const size = fc.double({ min: 0, max: 1e6, noNaN: true });
const absent = fc.constantFrom(undefined, null, NaN);
const tick: fc.Arbitrary<SentTick> = fc.record(
  {
    symbol: fc.constantFrom("BTC-USD", "btc-usd", "ETH/USD@kraken"),
    venue: fc.constantFrom(undefined, null, ""),
    ts: fc.integer({ min: 1764979200000, max: 1764979300000 }),
    price,
    size: fc.oneof(size, absent),
    bidSize: fc.oneof(size, absent),
    id: fc.oneof(fc.nat(), fc.nat().map(String), fc.constant(-5), fc.constant(1.5), fc.constant(null)),
    side: fc.constantFrom("buy", "sell", 1, -1, null),
    barVolume: fc.oneof(size, absent),
  },
  { requiredKeys: ["symbol", "ts", "price"] },
);

/** The rows that the gateway makes of ticks by symbol, from their JSON. */
function rowsOfJson(ticks: readonly SentTick[]): Record<string, number[]> {
  const packed = new Map<string, PackedTicks>();
  for (const value of JSON.parse(ticksJson(ticks)) as unknown[]) {
    const parsed = parseTick(value, Infinity);
    if (isRejection(parsed)) throw new Error(`${parsed.field}: got ${parsed.got}`);
    const own = packed.get(parsed.symbol) ?? new PackedTicks();
    own.add(parsed);
    packed.set(parsed.symbol, own);
  }
  return Object.fromEntries([...packed].map(([symbol, its]) => [symbol, [...its.rows()]]));
}

describe("a packed frame", () => {
  it("says of each tick what its JSON says", () => {
    fc.assert(
      fc.property(fc.array(tick, { minLength: 1, maxLength: 20 }), (ticks) => {
        const packed = packedFrame(7, ticks);
        const frame = decodeTickFrame(packed!.bytes);
        if (isFrameFault(frame)) throw new Error(`${frame.field}: got ${frame.got}, expected ${frame.expected}`);
        expect(frame.seq).toBe(7);
        expect(packed!.ticks).toHaveLength(ticks.length);
        expect(new Set(packed!.ticks)).toEqual(new Set(ticks));
        let at = 0;
        for (const { name, count, columns } of frame.sections) {
          const its = packed!.ticks.slice(at, at + count);
          at += count;
          const [rows] = Object.values(rowsOfJson(its));
          for (let row = 0; row < count; row++) {
            expect(its[row]!.symbol).toBe(name);
            for (let k = 0; k < TICK_FIELDS; k++) {
              const [sent, read] = [columns[k]?.[row] ?? NaN, rows![row * TICK_FIELDS + k]!];
              // What is no whole number from 0 the gateway hashes itself, of either.
              if (k === 7 && read < 0) expect(sent).toBe(Number(its[row]!.id));
              else expect(sent).toBe(read);
            }
          }
        }
      }),
    );
  });

  it.each([
    ["a number as a text", { price: "1.5" }],
    ["an id that is hashed", { id: "a-1" }],
    ["an id that was rounded", { id: 2 ** 60 }],
    ["an id with a zero in front", { id: "007" }],
    ["a time as a text", { ts: "2025-12-06T00:00:00Z" }],
    ["a side in other words", { side: "ask" }],
    ["a field that is not known", { best_bid: 1 }],
    ["a name that is too long", { symbol: "A".repeat(256) }],
    ["half of a character", { symbol: "\ud800" }],
  ])("is not made of %s: that goes as JSON", (_, fields) => {
    const good = { symbol: "A", ts: 1764979200000, price: 1 };
    expect(packedFrame(1, [good])).toBeDefined();
    expect(packedFrame(1, [good, { ...good, ...fields }])).toBeUndefined();
  });

  it("takes a time as a Date", () => {
    const frame = decodeTickFrame(packedFrame(1, [{ symbol: "A", ts: new Date(1764979200000), price: 1 }])!.bytes);
    expect(!isFrameFault(frame) && frame.sections[0]!.columns[0]![0]).toBe(1764979200000);
  });
});
