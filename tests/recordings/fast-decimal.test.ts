// The fast way of reading decimals gives the bits of the slow one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fastDecimal, readNumbers } from "../../recordings/fast-decimal.ts";
import { parseDecimal } from "../../src/features/decimal.ts";

const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 18 });
const TEXTS = fc.oneof(
  fc.tuple(digits, digits).map(([whole, fraction]) => `${whole}.${fraction}`),
  digits,
  fc.double().map(String),
  fc.string({ unit: fc.constantFrom(..."0123456789.+-eE ,x"), maxLength: 12 }),
);

describe("fastDecimal", () => {
  it("is parseDecimal for any text", () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        expect(fastDecimal(text)).toBe(parseDecimal(text));
      }),
      { seed: 20251204, numRuns: 20_000 },
    );
    for (const text of ["", ".", "5.", ".5", "-0", "1e5", "0.1", "9007199254740993", "999999999999999.9"]) {
      expect(fastDecimal(text)).toBe(parseDecimal(text));
    }
  });
});

describe("readNumbers", () => {
  it("reads the cells of a line as fastDecimal does, and says when there are not as many as expected", () => {
    const cells = fc.array(
      TEXTS.filter((text) => !text.includes(",")),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(cells, (texts) => {
        const numbers = new Float64Array(texts.length);
        const needed = texts.map((_, i) => i % 3 !== 2);
        expect(readNumbers(texts.join(","), 44, needed, numbers)).toBe(true);
        expect([...numbers]).toEqual(texts.map((text, i) => (needed[i] === true ? parseDecimal(text) : 0)));
        expect(readNumbers(`${texts.join(",")},1`, 44, needed, numbers)).toBe(false);
        expect(readNumbers(texts.join(","), 44, [...needed, true], new Float64Array(texts.length + 1))).toBe(false);
      }),
      { seed: 20251205, numRuns: 5000 },
    );
  });
});
