// The text and the number of a value from outside.
import { expect, it } from "vitest";
import { plainNumber } from "../../src/schemas/plain-number.ts";
import { plainText } from "../../src/schemas/plain-text.ts";

it("gives the text of what has one, and names what has none", () => {
  const texts = ["pong", 5, true, null, undefined, ["pong"], { toString: null, valueOf: null }].map(plainText);
  expect(texts).toEqual(["pong", "5", "true", "null", "undefined", "a list", "an object"]);
});

it("gives the number of a number or a text, and none of anything else", () => {
  expect([5, "5", "-0.5", " 7 "].map(plainNumber)).toEqual([5, 5, -0.5, 7]);
  expect([null, undefined, [], [5], true, {}, { toString: null }, "x"].map(plainNumber)).toEqual(
    new Array<number>(8).fill(NaN),
  );
});
