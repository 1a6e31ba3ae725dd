// A value of a request as an error message shows it.

/** At most 80 characters. Lists and objects are only named: to write out a deeply nested one overflows the stack. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  // JSON has no word for NaN and infinity.
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? text.slice(0, 79) + "…" : text;
}
