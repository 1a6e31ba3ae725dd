// The first question every adapter asks of a message: is it a JSON object at all?

/** A JSON object whose fields nobody has checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object to look into, or `undefined` for arrays, `null` and everything that is no object. */
export function jsonObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
