import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isExactId, tickIdNumber } from "../../src/features/tick-id.ts";
import { parseTsMs } from "../../src/features/tick-time.ts";

describe("parseTsMs", () => {
  it.each([
    ["2025-12-01T00:00:01.5", 1764547201500],
    ["2025-12-01T00:00:01.5Z", 1764547201500],
    ["2025-12-01 00:00:01.500", 1764547201500],
    ["2026-04-06T15:02:34.590029066Z", 1775487754590],
    ["2025-12-01T00:00:00.9999999", 1764547200999],
    ["2025-12-01T01:00+01:00", 1764547200000],
    ["2025-11-30T19:30:00-0430", 1764547200000],
    ["2025-12-01 00:00:00.666+00", 1764547200666],
    ["2025-12-01T02:00:00+02", 1764547200000],
    ["1764547201500", 1764547201500],
    ["1764547201500.75", 1764547201500],
    ["2024-02-29T00:00:00", 1709164800000],
    [1764547201500.7, 1764547201500],
  ])("reads %s as %d, in UTC without a zone", (text, ms) => {
    expect(parseTsMs(text)).toBe(ms);
  });

  it.each([
    "0099-01-01T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2025-13-01T00:00:00Z",
    "2025-00-10T00:00:00Z",
    "2025-04-31T00:00:00Z",
    "2025-12-01T24:00:00Z",
    "2025-12-01T23:60:00Z",
    "2025-12-01T23:59:60Z",
    "2025-12-01T10:60:00Z",
    "2025-12-01T10:00:60Z",
    "2025-12-01T00:00:00+24:00",
    "2025-12-01T00:00:00+01:60",
    "2025-12-01T00:00:00.1234567890Z",
    "2025-12-01",
    "2025-12-01T00:00:00 UTC",
    " 2025-12-01T00:00:00Z",
    "1764547201500ms",
    "1.7645472E+12",
    "-1764547201500",
    "",
  ])("does not read %j", (text) => {
    expect(parseTsMs(text)).toBeNaN();
  });

  it("does not read what is neither a number nor a string", () => {
    for (const value of [undefined, null, true, {}, [1764547201500], 5n]) expect(parseTsMs(value)).toBeNaN();
  });

  it("undoes toISOString", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000_000, max: 250_000_000_000_000 }), (ms) => {
        const text = new Date(ms).toISOString();
        expect(parseTsMs(text)).toBe(ms);
        expect(parseTsMs(text.slice(0, -1))).toBe(ms);
      }),
    );
  });
});

describe("tickIdNumber", () => {
  it("keeps whole numbers, given as such or as digits", () => {
    expect([tickIdNumber(0), tickIdNumber(898646910), tickIdNumber("898646910")]).toEqual([0, 898646910, 898646910]);
    expect(tickIdNumber("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
    expect(Object.is(tickIdNumber(-0), 0)).toBe(true);
  });

  it("hashes every other string to a negative whole number, always the same", () => {
    for (const id of ["", "a", "007", "9007199254740992", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "☃"]) {
      const number = tickIdNumber(id)!;
      expect(Number.isSafeInteger(number) && number < 0).toBe(true);
    }
    expect(tickIdNumber("a")).toBe(-7929297801672962);
  });

  it("hashes a number that is no whole one from 0 to 2^53 by its text, and says when digits are lost", () => {
    for (const id of [-1, 1.5, 2 ** 53, 1e300]) expect(tickIdNumber(id)).toBe(tickIdNumber(String(id)));
    expect(tickIdNumber("9".repeat(300))).toBeLessThan(0);
    expect([-1, 1.5, "9007199254740993", null, 2 ** 53 - 1].map(isExactId)).toEqual([true, true, true, true, true]);
    expect([2 ** 53, -(2 ** 60)].map(isExactId)).toEqual([false, false]);
  });

  it("gives different numbers for a few thousand ids", () => {
    const ids = Array.from({ length: 5000 }, (_, i) => tickIdNumber(`order-${i}`));
    expect(new Set(ids).size).toBe(5000);
  });

  it("is NaN without an id and undefined for what cannot be one", () => {
    expect([tickIdNumber(undefined), tickIdNumber(null)]).toEqual([NaN, NaN]);
    for (const value of [NaN, Infinity, true, {}]) {
      expect(tickIdNumber(value)).toBeUndefined();
    }
  });
});
