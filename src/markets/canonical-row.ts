// The rows of recorded files, `{ts, symbol, price, …, tradeSize, tradeId}`, and ticks already in volgate's own form.
import { TICK_FIELD_NAMES, type TickField } from "../features/tick-fields.ts";
import { jsonObject, type JsonObject } from "./json-object.ts";

/**
 * A row that names a symbol, a time, and a price or both sides of a quote, each by any of its `TICK_FIELD_NAMES`;
 * `undefined` for every other. `parseTick` reads it as it is.
 */
export function tickOfCanonicalRow(value: unknown): JsonObject | undefined {
  const row = jsonObject(value);
  if (row === undefined || !names(row, "symbol") || !names(row, "ts")) return undefined;
  return names(row, "price") || (names(row, "bid") && names(row, "ask")) ? row : undefined;
}

/** Whether a message has volgate's own names of symbol and time, which no native message has side by side. */
export function isOwnTick(value: unknown): value is JsonObject {
  const row = jsonObject(value);
  return row !== undefined && "symbol" in row && "ts" in row;
}

function names(row: JsonObject, field: TickField): boolean {
  return TICK_FIELD_NAMES[field].some((name) => name in row);
}
