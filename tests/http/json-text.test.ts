import { describe, expect, it } from "vitest";
import { foreignWord, hasMoreValues, withNullForNaN } from "../../src/http/json-text.ts";

function valuesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, part) => sum + valuesIn(part), 0);
}

describe("hasMoreValues", () => {
  it.each([
    [1],
    [[]],
    [{}],
    [[{}, [], 1, "a,[{", { a: [1, 2, { b: null }], 'q"\\': "\\" }]],
    [Array.from({ length: 50 }, () => ({ symbol: "A", ts: 1 }))],
  ])("counts the values of %j as parsing would", (value) => {
    // Padded with blanks: a text shorter than the limit is not read at all.
    const text = JSON.stringify(value) + " ".repeat(1000);
    const count = valuesIn(value);
    expect(hasMoreValues(text, count)).toBe(false);
    expect(hasMoreValues(text, count - 1)).toBe(true);
  });

  it("ends with a text that is cut, and takes one pass over many quotes", () => {
    expect(hasMoreValues('["a,,,,,,,,,,,,', 5)).toBe(false);
    const startedMs = performance.now();
    hasMoreValues(`["${'\\"'.repeat(2_000_000)}`, 10);
    foreignWord(`["${'\\"'.repeat(2_000_000)}`);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

describe("foreignWord", () => {
  it.each([
    ['{"bid": NaN}', 'the word NaN at character 9, in {"bid": NaN}'],
    ['[1e5,-1.5E+3,true,false,null,"NaN",-Infinity]', "the word -Infinity at character 36, in "],
    ["[None]", "the word None at character 2, in [None]"],
    ["{'a': 1}", "the word a at character 3"],
  ])("names the word of %s and its place", (text, expected) => {
    expect(foreignWord(text)).toContain(expected);
  });

  it.each(['{"a": 1', "[1,]", "[1.5.5]", '"NaN', ""])("finds none in %s", (text) => {
    expect(foreignWord(text)).toBeUndefined();
  });
});

describe("withNullForNaN", () => {
  it.each([
    ["[NaN,1,NaN]", "[null,1,null]"],
    ['{"NaN":"a \\" NaN","b":NaN}', '{"NaN":"a \\" NaN","b":null}'],
    ["[NaNs,-NaN,Infinity,null,1e5]", "[NaNs,-NaN,Infinity,null,1e5]"],
    ['["NaN', '["NaN'],
    ["", ""],
  ])("makes of %s only the numbers null", (text, expected) => {
    expect(withNullForNaN(text)).toBe(expected);
  });
});
