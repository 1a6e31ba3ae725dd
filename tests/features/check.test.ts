import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { check, crossCheck, parseOrThrow } from "../../src/check.ts";
import { anyObject, ascending, fields, finiteNumber, oneOf, onlyFields, wholeNumber } from "../../src/schema-values.ts";

const order = fields({
  side: oneOf(["buy", "sell"]),
  levels: v.array(fields({ price: finiteNumber(0), size: wholeNumber(1, 9) }), "a list"),
});

describe("a value against its schema", () => {
  it.each([
    [{ side: "buy", levels: [{ price: 1, size: 0 }] }, "levels[0].size: got 0, expected a whole number from 1 to 9"],
    [{ side: "hold", levels: [] }, 'side: got "hold", expected one of buy, sell'],
    [{ levels: [] }, "side: got nothing, expected one of buy, sell"],
    [{ side: "buy", levels: {} }, "levels: got an object, expected a list"],
    [{ side: "buy", levels: [{ size: 1 }] }, "levels[0].price: got nothing, expected a number from 0 on"],
    [{ side: "buy", levels: [{ price: NaN, size: 1 }] }, "levels[0].price: got NaN, expected a number from 0 on"],
    [{ side: "buy", levels: [{ price: Infinity, size: 1 }] }, "levels[0].price: got Infinity, expected a number"],
    [null, "order: got null, expected an object"],
  ])("%j is refused by field, what came and what was expected", (value, message) => {
    const checked = check(order, value, "order");
    if (checked.ok) throw new Error("was taken");
    const { field, got, expected } = checked.fault;
    expect(`${field}: got ${got}, expected ${expected}`).toContain(message);
  });

  it("is given back without unknown fields, in the schema's order", () => {
    const checked = check(order, { note: 1, levels: [], side: "buy" }, "order");
    expect(JSON.stringify(checked)).toBe('{"ok":true,"value":{"side":"buy","levels":[]}}');
  });

  it("is refused for an unknown field where none is allowed", () => {
    const checked = check(onlyFields({ a: v.string(), b: v.optional(v.string()) }), { a: "", c: "" }, "body");
    expect(checked).toEqual({ ok: false, fault: { field: "c", got: "an unknown field", expected: "a, b" } });
  });

  it("is no object when it is a list", () => {
    expect(check(anyObject, [], "body")).toMatchObject({ fault: { field: "body", got: "a list" } });
  });

  it("has fields that are checked against one another", () => {
    const range = v.pipe(
      fields({ low: finiteNumber(), high: finiteNumber() }),
      crossCheck(({ low, high }) =>
        low > high ? { path: ["high"], got: `${high}`, expected: `at least low, ${low}` } : undefined,
      ),
    );
    expect(check(range, { low: 2, high: 1 }, "range")).toMatchObject({
      fault: { field: "high", got: "1", expected: "at least low, 2" },
    });
    expect(check(ascending(finiteNumber()), [1, 1, 0.5], "xs")).toMatchObject({ fault: { field: "[2]", got: "0.5" } });
  });

  it("throws an error that names every field from the value on, and shows no secret where it must not", () => {
    const refuse = (text: string): Error => new RangeError(text);
    expect(() => parseOrThrow(order, { side: 1 }, { name: "order", refuse })).toThrow("order.side: got 1, expected");
    const show = (): string => "a secret";
    const list = v.array(v.string("a text"));
    expect(() => parseOrThrow(list, ["", 7], { name: "KEYS", refuse, show })).toThrow(
      "KEYS[1]: got a secret, expected a text",
    );
  });
});
