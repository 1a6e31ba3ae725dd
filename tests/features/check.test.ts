import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { check } from "../../src/schemas/check.ts";
import { crossCheck } from "../../src/schemas/cross-check.ts";
import { parseOrThrow } from "../../src/schemas/parse-or-throw.ts";
import { anyObject, ascending, fields, finiteNumber, oneOf, wholeNumber } from "../../src/schemas/schema-values.ts";

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
    const checked = check(v.strictObject({ a: v.string(), b: v.optional(v.string()) }), { a: "", c: "" }, "body");
    expect(checked).toMatchObject({
      ok: false,
      fault: { field: "c", unknownField: true, expected: "no field but a, b" },
    });
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

  it("names a field that the kind of a union or a record's entry lacks", () => {
    const union = v.variant("kind", [
      fields({ kind: v.literal("a"), x: finiteNumber() }),
      fields({ kind: v.literal("b"), y: wholeNumber(1) }),
    ]);
    expect(check(union, { kind: "b" }, "u")).toMatchObject({
      fault: { field: "y", expected: "a whole number from 1 on" },
    });
    const record = v.record(v.string(), fields({ x: finiteNumber() }));
    expect(check(record, { first: {} }, "r")).toMatchObject({
      fault: { field: "first.x", expected: "a finite number" },
    });
  });

  it("throws an error that names every field from the value on", () => {
    const refuse = (text: string): Error => new RangeError(text);
    expect(() => parseOrThrow(order, { side: 1 }, { name: "order", refuse })).toThrow("order.side: got 1, expected");
    const secret = v.pipe(
      v.unknown(),
      crossCheck((value) => (value === "" ? { path: [], got: "a secret", expected: "another" } : undefined)),
      v.string(),
    );
    expect(() => parseOrThrow(v.array(secret), ["x", ""], { name: "KEYS", refuse })).toThrow(
      "KEYS[1]: got a secret, expected another",
    );
  });
});
