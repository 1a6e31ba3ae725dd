// The rows of recorded files, `{ts, symbol, price, …, tradeSize, tradeId}`, and ticks already in volgate's own form.
import { TICK_FIELD_NAMES } from "../features/tick-fields.ts";
import { jsonObject, type JsonObject } from "./json-object.ts";

/**
 * A row that names a symbol, a price and a time, this one by any of its `TICK_FIELD_NAMES`; `undefined` for every
 * other. `parseTick` reads it as it is.
 */
export function tickOfCanonicalRow(value: unknown): JsonObject | undefined {
  const row = jsonObject(value);
  if (row === undefined || !("symbol" in row && "price" in row)) return undefined;
  return TICK_FIELD_NAMES.ts.some((name) => name in row) ? row : undefined;
}
