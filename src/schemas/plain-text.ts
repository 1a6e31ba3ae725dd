// The text of a value from outside, for comparisons and sentences.

/**
 * A text as it is, and a number, a truth value or nothing in words; a list or an object is only named. `String(value)`
 * would throw for one: JSON can have a field `toString` that is no function.
 *
 * Example: `plainText("pong")` is `"pong"`, `plainText(undefined)` is `"undefined"`, `plainText(["x"])` is `"a list"`.
 */
export function plainText(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return String(value);
}
