import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decayOfHalfLife, exp, ln } from "../../src/features/exact-math.ts";
import { EXP_HASH, EXP_TABLE, type GoldenRow, LN_HASH, LN_TABLE } from "./exact-math-table.ts";
import { linearCongruential } from "./linear-congruential.ts";

const view = new DataView(new ArrayBuffer(8));

function ofHex(bits: string): number {
  view.setBigUint64(0, BigInt(`0x${bits}`));
  return view.getFloat64(0);
}

function toHex(x: number): string {
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

/** Distance from x to the next double away from 0. */
function ulp(x: number): number {
  view.setFloat64(0, Math.abs(x));
  const bits = view.getBigUint64(0);
  view.setBigUint64(0, bits + 1n);
  return view.getFloat64(0) - Math.abs(x);
}

/** Error of a result in ulps of the true value, which lies `residual` ulps beside the rounded one. */
function errorInUlps(result: number, [, rounded, residual]: GoldenRow): number {
  const nearest = ofHex(rounded);
  return Math.abs((result - nearest) / ulp(nearest) - residual);
}

describe.each([
  ["ln", ln, LN_TABLE],
  ["exp", exp, EXP_TABLE],
] as const)("%s", (_, f, table) => {
  it("errs by less than 1 ulp on every golden argument", () => {
    expect(table.length).toBeGreaterThan(200);
    for (const row of table) expect(errorInUlps(f(ofHex(row[0])), row), row[0]).toBeLessThan(1);
  });

  it("gives the golden bits, in every runtime that runs this test", () => {
    expect(table.map((row) => toHex(f(ofHex(row[0]))))).toEqual(table.map((row) => row[3]));
  });
});

/** The arguments of exact-math-table.py, from a linear congruential generator. */
function manyArguments(kind: "ln" | "exp"): number[] {
  const next = linearCongruential(1);
  return Array.from({ length: 20_000 }, (_, i) => {
    const state = next();
    const centred = state / 4294967296 - 0.5;
    if (kind === "exp") return i % 2 === 0 ? centred : 1400 * centred;
    if (i % 2 === 0) return 1 + centred;
    view.setUint32(0, (state >>> 1) % 0x7ff00000);
    view.setUint32(4, state);
    return view.getFloat64(0);
  });
}

function hashOf(values: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const x of values) {
    view.setFloat64(0, x);
    hash = Math.imul(hash ^ view.getUint32(0), 0x01000193);
    hash = Math.imul(hash ^ view.getUint32(4), 0x01000193);
  }
  return hash >>> 0;
}

describe("twenty thousand arguments", () => {
  it("give the bits of a second implementation in another language", () => {
    expect(hashOf(manyArguments("ln").map(ln))).toBe(LN_HASH);
    expect(hashOf(manyArguments("exp").map(exp))).toBe(EXP_HASH);
  });
});

describe("ln", () => {
  it("is exact at the ends of its domain", () => {
    expect([ln(1), ln(0), ln(-0), ln(Infinity)]).toEqual([0, -Infinity, -Infinity, Infinity]);
    expect([ln(-1), ln(-Infinity), ln(NaN)]).toEqual([NaN, NaN, NaN]);
  });

  it("gives the documented example", () => {
    expect(ln(0.371)).toBe(-0.9915532163747019);
  });

  it("never falls where its argument rises", () => {
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: 1e308, noNaN: true }), (x) => {
        expect(ln(x + ulp(x))).toBeGreaterThanOrEqual(ln(x));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("exp", () => {
  it("is exact at the ends of its domain", () => {
    expect([exp(0), exp(-0), exp(-Infinity), exp(Infinity)]).toEqual([1, 1, 0, Infinity]);
    expect([exp(710), exp(-746), exp(NaN)]).toEqual([Infinity, 0, NaN]);
  });

  it("undoes ln within the precision of its argument", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(exp(ln(x)) / x - 1)).toBeLessThan(2e-16 * (2 + Math.abs(ln(x))));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("decayOfHalfLife", () => {
  it("halves in as many steps as it says", () => {
    for (const h of [1, 15, 60, 900]) expect(Math.pow(decayOfHalfLife(h), h)).toBeCloseTo(0.5, 12);
  });
});
