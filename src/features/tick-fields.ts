// The names of a tick's fields, and their one reader: for messages over HTTP, lines and columns of files alike.
import { parseDecimal } from "./decimal.ts";
import { isMissing } from "./missing-value.ts";
import { tickIdNumber } from "./tick-id.ts";
import { parseTsMs } from "./tick-time.ts";

/** The fields of a tick before they are checked; `undefined`, `null` and texts such as `N/A` are a missing field. */
export interface TickInput {
  readonly symbol: unknown;
  readonly ts: unknown;
  readonly price: unknown;
  readonly bid?: unknown;
  readonly ask?: unknown;
  readonly bidSize?: unknown;
  readonly askSize?: unknown;
  readonly size?: unknown;
  readonly id?: unknown;
  readonly venue?: unknown;
  readonly side?: unknown;
  readonly barTrades?: unknown;
  readonly barVolume?: unknown;
  readonly barQuoteVolume?: unknown;
  readonly barTakerVolume?: unknown;
}

export type TickField = keyof TickInput;

/** Each field's names. The first is its own; where several have a value, the first in this order counts. */
export const TICK_FIELD_NAMES: Readonly<Record<TickField, readonly string[]>> = {
  symbol: ["symbol", "product_id"],
  ts: ["ts", "timestamp", "timestamp_ms", "time"],
  price: ["price"],
  bid: ["bid", "best_bid", "bid_price", "best_bid_price", "bid_px", "bid_px_00"],
  ask: ["ask", "best_ask", "ask_price", "best_ask_price", "ask_px", "ask_px_00"],
  bidSize: [
    "bidSize",
    "bid_size",
    "best_bid_size",
    "best_bid_quantity",
    "bid_qty",
    "best_bid_qty",
    "bid_amount",
    "bid_quantity",
    "bid_volume",
    "bid_sz",
    "bid_sz_00",
  ],
  askSize: [
    "askSize",
    "ask_size",
    "best_ask_size",
    "best_ask_quantity",
    "ask_qty",
    "best_ask_qty",
    "ask_amount",
    "ask_quantity",
    "ask_volume",
    "ask_sz",
    "ask_sz_00",
  ],
  size: ["size", "tradeSize", "trade_size", "last_size", "amount", "qty", "quantity"],
  id: ["id", "tradeId", "trade_id"],
  venue: ["venue", "exchange"],
  side: ["side", "aggressor_side", "taker_side"],
  barTrades: ["barTrades", "bar_trades"],
  barVolume: ["barVolume", "bar_volume"],
  barQuoteVolume: ["barQuoteVolume", "bar_quote_volume"],
  barTakerVolume: ["barTakerVolume", "bar_taker_volume"],
};

const FIELD_OF_NAME: ReadonlyMap<string, TickField> = new Map(
  (Object.entries(TICK_FIELD_NAMES) as [TickField, readonly string[]][]).flatMap(([field, names]) =>
    names.map((name) => [name, field] as const),
  ),
);

/** At most this many distinct names are kept, each up to this length. */
const MAX_NAMES = 20;
const MAX_LENGTH = 64;

/** Names of what was sent and not read: at most 20, each up to 64 characters. */
export class IgnoredFields {
  private readonly set = new Set<string>();

  add(name: string): void {
    if (this.set.size < MAX_NAMES) this.set.add(name.length > MAX_LENGTH ? name.slice(0, MAX_LENGTH - 1) + "…" : name);
  }

  get names(): readonly string[] {
    return [...this.set];
  }
}

/**
 * The fields of a message by any of their names. Of several names with a value the first in `TICK_FIELD_NAMES` counts.
 * Without `ts`, two other times that differ give no `ts`: which of them is the tick's cannot be known.
 *
 * Example: `{ symbol: "A", timestamp: 1764547200000, price: 1, qty: 2, exchange: "X", note: "" }` has `ts`
 * 1764547200000, `size` 2 and `venue` "X"; `note` is ignored.
 *
 * @param ignored receives the names of fields that no tick has, and of values that another name of the field overrules.
 */
export function readTickFields(raw: Readonly<Record<string, unknown>>, ignored?: IgnoredFields): TickInput {
  const { symbol, ts, price, bid, ask, bidSize, askSize, size, id, venue, side } = raw;
  const { barTrades, barVolume, barQuoteVolume, barTakerVolume } = raw;
  const flow = { side, barTrades, barVolume, barQuoteVolume, barTakerVolume };
  const input = { symbol, ts, price, bid, ask, bidSize, askSize, size, id, venue, ...flow };
  for (const name in raw) {
    const field = FIELD_OF_NAME.get(name);
    if (field === undefined) ignored?.add(name);
    else if (!isGiven(field, raw[name])) {
      // Another name may have given it a value already.
      if (field === name && input[field] === raw[name]) input[field] = undefined;
    } else if (field !== name) readAlias(raw, name, field, input, ignored);
  }
  return input;
}

function readAlias(
  raw: Readonly<Record<string, unknown>>,
  name: string,
  field: TickField,
  input: Record<TickField, unknown>,
  ignored: IgnoredFields | undefined,
): void {
  const [first, ...others] = namesGiven(raw, field);
  const differs = others.some((other) => !isSame(field, raw[other], raw[first!]));
  if (field === "ts" && first !== "ts" && differs) return;
  if (first === name) input[field] = raw[name];
  else if (!isSame(field, raw[name], raw[first!])) ignored?.add(name);
}

/** The names under which a message has a value of this field. */
export function namesGiven(raw: Readonly<Record<string, unknown>>, field: TickField): readonly string[] {
  return TICK_FIELD_NAMES[field].filter((name) => isGiven(field, raw[name]));
}

/** NA can be a symbol, so no text is a missing symbol. */
function isGiven(field: TickField, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return field === "symbol" || typeof value !== "string" || !isMissing(value);
}

/** Whether two values are the same instant, number or id, however they are written. */
function isSame(field: TickField, a: unknown, b: unknown): boolean {
  if (a === b || field === "symbol") return a === b;
  if (field === "venue" || field === "side") return String(a).toLowerCase() === String(b).toLowerCase();
  const parse = field === "ts" ? parseTsMs : field === "id" ? tickIdNumber : parseDecimal;
  return parse(a) !== undefined && parse(a) === parse(b);
}
