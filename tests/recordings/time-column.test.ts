import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeColumn } from "../../recordings/time-column.ts";
import { MAX_TS_MS, MIN_TS_MS } from "../../src/features/tick-time.ts";

const MS = 1_764_979_200_666;
const column = (): TimeColumn => new TimeColumn("a.csv", "line");

describe("TimeColumn", () => {
  it.each([
    ["1764979200.6669", MS, "s"],
    [1_764_979_200.666, MS, "s"],
    ["1764979200", MS - 666, "s"],
    ["1764979200666", MS, "ms"],
    [MS + 0.9, MS, "ms"],
    ["1764979200666.0", MS, "ms"],
    ["1764979200666137", MS, "µs"],
    [1_764_979_200_666_137, MS, "µs"],
    // Number would give 1764979200666999808 and with it another millisecond for some.
    ["1764979200666999999", MS, "ns"],
    [1_764_979_200_667_000_000n, MS + 1, "ns"],
  ])("takes the unit of %s from its magnitude", (value, tsMs, unit) => {
    const times = column();
    expect([times.msOf(value, 2), times.unit]).toEqual([tsMs, unit]);
  });

  it.each(["1.76498E+12", "2025-12-06T00:00:00Z", "soon", "", null, undefined, true, NaN])(
    "returns %s as it is, for parseTick to read or to refuse",
    (value) => {
      const times = column();
      expect([times.msOf(value, 2), times.unit]).toEqual([value, undefined]);
    },
  );

  it("refuses a value of a second unit, with its line", () => {
    const times = column();
    times.msOf("0", 2);
    times.msOf(MS, 3);
    expect(() => times.msOf("1764979200666137", 7)).toThrow(
      "a.csv: line 7: got the time 1764979200666137, which is in µs, expected ms as in line 3",
    );
  });

  it("gives numbers that are no time from 2009 to 2100 as numbers that are none either, and no unit to the column", () => {
    const property = fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), (value) => {
      const times = column();
      const tsMs = times.msOf(value, 2) as number;
      const isTime = tsMs >= MIN_TS_MS && tsMs <= MAX_TS_MS;
      expect(times.unit !== undefined).toBe(isTime);
      if (!isTime) expect(tsMs).toBe(Number(value));
    });
    fc.assert(property, { seed: 9, numRuns: 2000 });
  });
});
