import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PackedTicks, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { isRejection, parseTick, type TickRejection } from "../../src/features/tick.ts";
import { packSection, type PackedSection, tickInput } from "../../src/markets/pack-section.ts";
import { decodeTickFrame, encodeTickFrame, isFrameFault, type TickSection } from "../../src/markets/tick-frame.ts";

const NOW_MS = 1_764_547_200_000;
const RULES = { futureToleranceMs: 5_000, quoteMarginPercent: 10 };

const TS = fc.oneof(
  fc.integer({ min: NOW_MS - 100_000, max: NOW_MS }),
  fc.constantFrom(NaN, NOW_MS + 0.7, NOW_MS + 5_000, NOW_MS + 5_000.5, NOW_MS + 5_001, 1.7e9, -1, 1e300, Infinity),
);
const PRICE = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 95, max: 105, noNaN: true }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(NaN, 0, -0, -1, 1e-15, 9e-16, 1e15, 1.1e15, Infinity, -Infinity, 5e-324, 100, 112),
  },
);
const AMOUNT = fc.constantFrom(NaN, NaN, NaN, 1, 2.5, 0, -0, -1, 1e15, 1e18, 1.1e18, Infinity);
const ID = fc.oneof(
  fc.maxSafeNat(),
  fc.constantFrom(NaN, NaN, -0, -1, -(2 ** 53), 2 ** 53, 1.5, Infinity, -Infinity, 1e300),
);
const SIDE = fc.constantFrom(NaN, NaN, 1, -1, 0, -0, 2, 0.5, Infinity);
const TICK = fc.tuple(TS, PRICE, PRICE, PRICE, AMOUNT, AMOUNT, AMOUNT, ID, SIDE, AMOUNT, AMOUNT, AMOUNT, AMOUNT);
/** Nothing that is refused, so that the fast path is taken to the end. */
const GOOD_PRICE = fc.double({ min: 99, max: 101, noNaN: true });
const GOOD_AMOUNT = fc.constantFrom(NaN, 0, -0, 7);
const GOOD = fc
  .tuple(
    GOOD_PRICE,
    GOOD_PRICE,
    GOOD_AMOUNT,
    fc.oneof(
      ID.filter((id) => Number.isFinite(id)),
      fc.constant(NaN),
    ),
  )
  .chain(([a, b, amount, id]) =>
    fc.constantFrom(
      [NOW_MS, a, Math.min(a, b), Math.max(a, b), amount, amount, amount, id, NaN, NaN, NaN, NaN, NaN],
      [NOW_MS, NaN, Math.min(a, b), Math.max(a, b), amount, 3, amount, id, 1, 4, amount, amount, amount],
      [NOW_MS, a, 0, NaN, NaN, NaN, 2, NaN, -1, NaN, NaN, NaN, NaN],
    ),
  );
const ROWS = fc.oneof(
  fc.array(TICK, { maxLength: 30 }),
  fc.array(GOOD, { maxLength: 30 }),
  fc.tuple(fc.array(GOOD, { maxLength: 20 }), fc.array(TICK, { maxLength: 2 })).map(([a, b]) => [...a, ...b]),
);
const NAMES = fc.constantFrom<[string, string]>(
  ["BTC-USD", ""],
  ["btc/usd", "Kraken"],
  ["BTC-USD@kraken", "coinbase"],
  ["BTC-USD", "a b"],
  ["", ""],
  ["BTC USD", ""],
);

function sectionOf(name: string, venue: string, rows: Float64Array): TickSection {
  const decoded = decodeTickFrame(encodeTickFrame(1, [{ name, venue, rows }]));
  if (isFrameFault(decoded)) throw new Error(JSON.stringify(decoded));
  return decoded.sections[0]!;
}

/** What `parseTick` makes of the same values, one by one. */
function oneByOne(
  name: string,
  venue: string,
  rows: Float64Array,
): Omit<PackedSection, "places"> & { places: number[] } {
  const section = sectionOf(name, venue, rows);
  const ticks = new PackedTicks();
  const places: number[] = [];
  const refused: { place: number; rejection: TickRejection }[] = [];
  for (let place = 0; place < section.count; place++) {
    const parsed = parseTick({ symbol: name, venue, ...tickInput(section, place) }, NOW_MS, RULES);
    if (isRejection(parsed)) refused.push({ place, rejection: parsed });
    else {
      ticks.add(parsed);
      places.push(place);
    }
  }
  return { rows: ticks.rows(), places, refused };
}

describe("packSection", () => {
  it("accepts and refuses as parseTick does, with the same values and reasons", () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(ROWS, NAMES, (ticks, [name, venue]) => {
        const rows = Float64Array.from(ticks.flat());
        const packed = packSection(sectionOf(name, venue, rows), {
          symbol: name,
          venue,
          receivedMs: NOW_MS,
          rules: RULES,
        });
        const expected = oneByOne(name, venue, rows);
        expect({ ...packed, places: packed.places ?? [...ticks.keys()] }).toStrictEqual(expected);
        if (packed.places === undefined) taken += 1;
        refused += packed.refused.length;
      }),
      { numRuns: 3_000 },
    );
    // Both ways were taken, each often.
    expect(taken).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(500);
  });

  it("never writes −0, and reads a side of 0 as an empty one", () => {
    const row = [NOW_MS + 0.9, 100, -0, 101, -0, -0, -0, -0, NaN, 0, -0, -0, -0];
    const receipt = { symbol: "A", venue: "", receivedMs: NOW_MS, rules: RULES };
    const { rows, places } = packSection(sectionOf("A", "", Float64Array.from(row)), receipt);
    expect(places).toBeUndefined();
    expect([...rows]).toStrictEqual([NOW_MS, 100, NaN, 101, 0, 0, 0, 0, NaN, 0, 0, 0, 0]);
    expect(rows.length).toBe(TICK_FIELDS);
  });
});
