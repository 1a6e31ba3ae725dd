// Names of the columns of a table of ticks, in CSV and Parquet alike.
import type { TickInput } from "../src/markets/tick-input.ts";

export type TickField = keyof TickInput;

/** The first name of a field is the canonical one; where a table has several, the first in this order counts. */
const NAMES: Readonly<Record<TickField, readonly string[]>> = {
  ts: ["ts", "timestamp", "timestamp_ms"],
  symbol: ["symbol", "product_id"],
  price: ["price"],
  bid: ["bid", "best_bid"],
  ask: ["ask", "best_ask"],
  bidSize: ["bidSize", "bid_size", "best_bid_quantity"],
  askSize: ["askSize", "ask_size", "best_ask_quantity"],
  size: ["tradeSize", "trade_size", "size"],
  id: ["tradeId", "trade_id", "id"],
};

/** The fields that the columns hold, with the index of each column. */
export type TickColumns = ReadonlyMap<TickField, number>;

/**
 * Which column holds which field; other columns are ignored.
 *
 * Example: `tickColumns(["ts", "price", "note"])` is `Map { ts → 0, price → 1 }`.
 *
 * @returns `undefined` without a time or a price: the table holds no ticks.
 */
export function tickColumns(names: readonly string[]): TickColumns | undefined {
  const columns = new Map<TickField, number>();
  for (const [field, known] of Object.entries(NAMES) as [TickField, readonly string[]][]) {
    const name = known.find((candidate) => names.includes(candidate));
    if (name !== undefined) columns.set(field, names.indexOf(name));
  }
  return columns.has("ts") && columns.has("price") ? columns : undefined;
}
