// Names of the columns of a table of ticks, in CSV and Parquet alike.
import { TICK_FIELD_NAMES, type TickField } from "../src/features/tick-fields.ts";

/** Names of columns that may tell the market where none is called symbol. */
const MARKET_NAMES = new Set([
  ...["pair", "ticker", "market", "instrument", "instrumentid", "instid", "instrumentname", "currencypair", "sym"],
  ...["contract", "contractcode", "asset", "coin", "security", "securityid", "ric", "isin", "product", "s"],
]);
/** Names of columns that tell where a market is: two of them under one symbol are two markets. */
const VENUE_NAMES = new Set(["exchange", "exchangeid", "venue"]);

/** The columns of a table of ticks. */
export interface TickColumns {
  /** Index of each field's column. */
  readonly fields: ReadonlyMap<TickField, number>;
  /** Columns that may tell the market. */
  readonly markets: readonly number[];
  readonly venue: number | undefined;
  /** Names of the columns that are not read. */
  readonly ignored: readonly string[];
}

/**
 * Which column holds which field by `TICK_FIELD_NAMES`, compared in lower case and without `_`, `-`, `.` and blanks:
 * `bid_price`, `bidPrice` and `Bid Price` are one name.
 *
 * Example: `tickColumns(["ts", "price", "note"])` has `fields` `Map { ts → 0, price → 1 }` and `ignored` `["note"]`.
 *
 * @returns `undefined` without a time or a price: the table holds no ticks.
 */
export function tickColumns(names: readonly string[]): TickColumns | undefined {
  const plain = names.map(plainName);
  const fields = new Map<TickField, number>();
  for (const [field, known] of Object.entries(TICK_FIELD_NAMES) as [TickField, readonly string[]][]) {
    if (field === "venue") continue;
    const name = known.map(plainName).find((candidate) => plain.includes(candidate));
    if (name !== undefined) fields.set(field, plain.indexOf(name));
  }
  if (!fields.has("ts") || !fields.has("price")) return undefined;
  const markets = [...plain.keys()].filter((column) => MARKET_NAMES.has(plain[column]!));
  const venue = plain.findIndex((name) => VENUE_NAMES.has(name));
  const read = new Set([...fields.values(), ...markets, venue]);
  return {
    fields,
    markets,
    venue: venue < 0 ? undefined : venue,
    ignored: names.filter((_, column) => !read.has(column)),
  };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]/g, "");
}
