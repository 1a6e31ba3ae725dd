// Checks that a message is a JSON object; every adapter starts with it.

/** A JSON object with unchecked fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object; `undefined` for arrays, `null` and other non-objects. */
export function jsonObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
