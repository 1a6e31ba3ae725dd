// Schemas of common values, each with its expectation as text.
import * as v from "valibot";
import { crossCheck } from "./cross-check.ts";
import { shown } from "./shown.ts";

/** The output type of a schema, deeply readonly. */
export type Parsed<S extends v.GenericSchema> = DeepReadonly<v.InferOutput<S>>;

/** Lists and tuples stay what they are. */
type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;

/** A number that is finite, from `min` to `max`. */
export function finiteNumber(min = -Infinity, max = Infinity) {
  const expected =
    min === -Infinity ? "a finite number" : `a number from ${min}${max === Infinity ? " on" : ` to ${max}`}`;
  return v.pipe(v.number(expected), v.finite(expected), v.minValue(min, expected), v.maxValue(max, expected));
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max = Infinity) {
  const expected = `a whole number from ${min}${max === Infinity ? " on" : ` to ${max}`}`;
  return v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(min, expected), v.maxValue(max, expected));
}

/** A list of numbers, each at least as large as the one before. */
export function ascending(number: ReturnType<typeof finiteNumber>) {
  return v.pipe(
    v.array(number, "a list"),
    crossCheck((values) => {
      const k = values.findIndex((x, i) => i > 0 && x < (values[i - 1] ?? x));
      return k < 0 ? undefined : { path: [k], got: shown(values[k]), expected: "numbers that ascend" };
    }),
  );
}

/** A text of at most `maxLength` UTF-16 code units. */
export function textUpTo(maxLength: number) {
  const expected = `a text of at most ${maxLength.toLocaleString("en-US")} characters`;
  return v.pipe(v.string(expected), v.maxLength(maxLength, expected));
}

/** One of some texts. */
export function oneOf<const Names extends readonly string[]>(names: Names) {
  return v.picklist(names, `one of ${names.join(", ")}`);
}

/** A SHA-256 in hex. */
export const sha256Text = v.pipe(v.string("64 hexadecimal digits"), v.regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits"));

/** An object; unknown fields are dropped. */
export function fields<const Entries extends v.ObjectEntries>(entries: Entries, expected = "an object") {
  return v.object(entries, expected);
}

/** Any object except a list. `v.object` accepts a list when no field is required. */
export const anyObject = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "an object",
);
