// Formats a request's value for an error message.

/**
 * At most 80 characters. Lists and objects are only named: writing out a deeply nested one would overflow the stack.
 */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  // JSON cannot represent NaN and infinity.
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? text.slice(0, 79) + "…" : text;
}
