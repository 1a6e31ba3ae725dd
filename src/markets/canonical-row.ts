// The rows of recorded files, `{ts, symbol, price, …, tradeSize, tradeId}`, and ticks already in volgate's own form.
import { jsonObject } from "./json-object.ts";
import type { TickInput } from "./tick-input.ts";

/**
 * Tick input of `{ts, symbol, price, bid, ask, bidSize, askSize, tradeSize, tradeId?}`, `null` where the source has
 * none. `size` and `id` are accepted too, so that a tick of the ingest API is its own canonical row. `undefined` if
 * `ts`, `symbol` or `price` is absent.
 */
export function tickOfCanonicalRow(value: unknown): TickInput | undefined {
  const row = jsonObject(value);
  if (row === undefined || !("ts" in row && "symbol" in row && "price" in row)) return undefined;
  return {
    symbol: row["symbol"],
    ts: row["ts"],
    price: row["price"],
    bid: row["bid"],
    ask: row["ask"],
    bidSize: row["bidSize"],
    askSize: row["askSize"],
    size: row["tradeSize"] ?? row["size"],
    id: row["tradeId"] ?? row["id"],
  };
}
