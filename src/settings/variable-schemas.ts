// Schemas of environment variables: texts that hold numbers, lists or JSON. wrangler.toml may also give numbers.
import * as v from "valibot";
import { crossCheck } from "../schemas/cross-check.ts";
import { shown } from "../schemas/shown.ts";

/** A whole number; absent or empty means `fallback`. */
export function wholeNumberVariable(fallback: number, min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`;
  const isGood = (given: string | number): boolean => {
    const number = Number(given);
    return given === "" || (Number.isInteger(number) && number >= min && number <= max);
  };
  return v.pipe(
    v.optional(v.union([v.string(), v.number()], expected), ""),
    v.check(isGood, expected),
    v.transform((given) => (given === "" ? fallback : Number(given))),
  );
}

/** One of some texts; absent means the first. */
export function choiceVariable<const Names extends readonly [string, ...string[]]>(names: Names) {
  return v.optional(v.picklist(names, names.join(" or ")), names[0]);
}

/** A text that is never shown; absent or empty means `undefined`. */
export const secretVariable = v.optional(
  v.pipe(
    v.unknown(),
    crossCheck((value) =>
      typeof value === "string" ? undefined : { path: [], got: lengthOf(value), expected: "a text" },
    ),
    v.string(),
    v.transform((text) => (text === "" ? undefined : text)),
  ),
);

const ORIGINS = "*, none, or origins like https://example.com, separated by commas";

/** Origins of web pages; absent or empty means `undefined`, and `none` an empty list. */
export const originsVariable = v.optional(
  v.pipe(
    v.string(ORIGINS),
    crossCheck((text) => {
      const wrong = originsIn(text).find((origin) => origin !== "*" && URL.parse(origin)?.origin !== origin);
      return wrong === undefined ? undefined : { path: [], got: shown(wrong), expected: ORIGINS };
    }),
    v.transform((text) => (text.trim() === "" ? undefined : originsIn(text))),
  ),
);

function originsIn(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  return names.length === 1 && (names[0] === "none" || names[0] === "") ? [] : names;
}

/** JSON; absent or blank means `undefined`. @param isSecret whether only its length is shown. */
export function jsonVariable(expected: string, isSecret: boolean) {
  return v.optional(
    v.pipe(
      v.unknown(),
      crossCheck((value) => {
        if (typeof value === "string" && isBlankOrJson(value)) return undefined;
        const isText = typeof value === "string";
        if (!isText) return { path: [], got: lengthOf(value), expected };
        // The parser's message would quote the text and could leak a secret.
        return { path: [], got: isSecret ? `${value.length} characters that are no JSON` : shown(value), expected };
      }),
      v.string(),
      v.transform((text): unknown => (text.trim() === "" ? undefined : JSON.parse(text))),
    ),
  );
}

/** Describes a value without showing it. */
export function lengthOf(value: unknown): string {
  if (typeof value === "string") return `${value.length} characters`;
  if (typeof value === "object" || value === undefined) return shown(value);
  return `a ${typeof value}`;
}

function isBlankOrJson(text: string): boolean {
  if (text.trim() === "") return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
