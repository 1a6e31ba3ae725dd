// Names of the columns of a table of ticks, in CSV and Parquet alike.
import { TICK_FIELD_NAMES, type TickField } from "../src/features/tick-fields.ts";

/** The fields that the columns hold, with the index of each column. */
export type TickColumns = ReadonlyMap<TickField, number>;

/**
 * Which column holds which field by `TICK_FIELD_NAMES`; other columns are ignored.
 *
 * Example: `tickColumns(["ts", "price", "note"])` is `Map { ts → 0, price → 1 }`.
 *
 * @returns `undefined` without a time or a price: the table holds no ticks.
 */
export function tickColumns(names: readonly string[]): TickColumns | undefined {
  const columns = new Map<TickField, number>();
  for (const [field, known] of Object.entries(TICK_FIELD_NAMES) as [TickField, readonly string[]][]) {
    const name = known.find((candidate) => names.includes(candidate));
    if (name !== undefined) columns.set(field, names.indexOf(name));
  }
  return columns.has("ts") && columns.has("price") ? columns : undefined;
}
