import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { check, faultText } from "../../src/schemas/check.ts";

const ROW = v.object({ ret_mean: v.number("a finite number") }, "an object of numbers");
const BODY = v.strictObject({
  share: v.exactOptional(v.pipe(v.number("a number up to 0.5"), v.maxValue(0.5, "a number up to 0.5"))),
  rows: v.exactOptional(v.pipe(v.array(ROW, "a list of rows"), v.maxLength(2, "at most 2"))),
  span: v.exactOptional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split("/").map(Number) as [number, number]),
      v.check(([from, to]) => from < to, "from/to with from < to"),
    ),
  ),
});

/** What is wrong with the value, in words; `undefined` for nothing. */
function faultOf(value: unknown, schema: v.GenericSchema = BODY): string | undefined {
  const result = check(schema, value, "body");
  return result.ok ? undefined : faultText(result.fault);
}

describe("what is wrong with a value", () => {
  it("is nothing for one that the schema takes, which comes back as the schema makes it", () => {
    expect(check(BODY, { share: 0.5, span: "1/2" }, "body")).toEqual({ ok: true, value: { share: 0.5, span: [1, 2] } });
  });

  it.each([
    [5, "body: got 5, expected Object"],
    [{ share: 2 }, "share: got 2, expected a number up to 0.5"],
    [{ share: "2" }, 'share: got "2", expected a number up to 0.5'],
    [{ rows: {} }, "rows: got an object, expected a list of rows"],
    [{ rows: [{ ret_mean: 1 }, {}] }, "rows[1].ret_mean: got nothing, expected a finite number"],
    [{ rows: [[]] }, "rows[0]: got a list, expected an object of numbers"],
    [{ rows: [null] }, "rows[0]: got null, expected an object of numbers"],
    [{ rows: [{}, {}, {}].map(() => ({ ret_mean: 0 })) }, "rows: got 3 entries, expected at most 2"],
  ])("is reported with the field, what came and what was expected: %j", (value, words) => {
    expect(faultOf(value)).toBe(words);
  });

  it("shows a value as it came, not as a transformation made it", () => {
    expect(faultOf({ span: "3/2" })).toBe('span: got "3/2", expected from/to with from < to');
  });

  it("is an unknown field, whose name is shortened", () => {
    expect(faultOf({ shar: 0.1 })).toBe("shar: got 0.1, expected no field but share, rows, span");
    expect(faultOf({ ["x".repeat(50)]: [] })).toBe(
      `${"x".repeat(40)}…: got a list, expected no field but share, rows, span`,
    );
  });
});
