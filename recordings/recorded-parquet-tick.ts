// Converts the values of a Parquet file, the gateway's archive included, into a tick.
import { DEFAULT_TICK_RULES, isRejection, parseTick, type Tick, type TickRejection } from "../src/features/tick.ts";
import type { TickField } from "../src/features/tick-fields.ts";

/** The least number that `tickIdNumber` makes of a text. */
const LEAST_ID = -(2 ** 53);

/**
 * A column's value as `parseParquetTick` takes it: integers of 64 bits as numbers, or as digits where they do not fit
 * (an id may be that long); a floating-point `NaN` is missing.
 */
export function parquetInputValue(value: unknown, field: TickField): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    const fits = Number.isSafeInteger(number) || value === BigInt(LEAST_ID);
    return field === "id" && !fits ? String(value) : number;
  }
  return typeof value === "number" && Number.isNaN(value) ? undefined : value;
}

/**
 * `parseTick` of a row of a Parquet file. A negative whole id is the hash that `tickIdNumber` made of a text, as in the
 * gateway's archive, and is kept.
 *
 * Example: `parseParquetTick({ symbol: "A", ts: 1764547200000, price: 1, id: -5 })` is a tick with `id` −5, where
 * `parseTick` gives the hash of the text "-5".
 */
export function parseParquetTick(input: unknown, rules = DEFAULT_TICK_RULES): Tick | TickRejection {
  const { id } = input as { readonly id?: unknown };
  const isHash = typeof id === "number" && Number.isInteger(id) && id < 0 && id >= LEAST_ID;
  if (!isHash) return parseTick(input, Infinity, rules);
  const tick = parseTick({ ...(input as object), id: undefined }, Infinity, rules);
  return isRejection(tick) ? tick : { ...tick, id };
}
