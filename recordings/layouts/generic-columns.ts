// Columns of tables of nobody's layout, by the names that such columns usually have.
import { TICK_FIELD_NAMES } from "../../src/features/tick-fields.ts";
import { type Layout, OHLC, plainName, type RowField } from "./layout.ts";

/** Names of columns that may tell the market where none is called symbol. */
const MARKET_NAMES = new Set([
  ...["pair", "ticker", "market", "instrument", "instrumentid", "instid", "instrumentname", "currencypair", "sym"],
  ...["contract", "contractcode", "asset", "coin", "security", "securityid", "ric", "isin", "product", "s"],
]);
const START_NAMES = ["open_time", "start", "start_time", "bar_start", "begin", "window_start"];
/** Not `close_time`, which may be the last ms of the bar, as Binance's, or the first behind it. */
const END_NAMES = ["end", "end_time", "bar_end"];
const TIME_NAMES = [...TICK_FIELD_NAMES.ts, "date", "datetime", "unix", ...START_NAMES, ...END_NAMES];

const TICK_COLUMNS: Layout["columns"] = { ...TICK_FIELD_NAMES, venue: [...TICK_FIELD_NAMES.venue, "exchange_id"] };
const TRADES = ["trades", "trade_count", "tradecount", "count", "num_trades", "n_trades", "number_of_trades"];
export const BAR_COLUMNS: Layout["columns"] = {
  ts: TIME_NAMES,
  symbol: TICK_FIELD_NAMES.symbol,
  venue: TICK_COLUMNS.venue!,
  ...{ open: ["open"], high: ["high"], low: ["low"], close: ["close"] },
  barTrades: [...TRADES, "transactions", ...TICK_FIELD_NAMES.barTrades],
  barVolume: ["volume", "vol", "base_volume", ...TICK_FIELD_NAMES.barVolume],
  barQuoteVolume: ["quote_volume", "quote_asset_volume", "turnover", ...TICK_FIELD_NAMES.barQuoteVolume],
  barTakerVolume: ["taker_buy_volume", "taker_buy_base_volume", ...TICK_FIELD_NAMES.barTakerVolume],
};

/** Fields of ticks as in `TICK_FIELD_NAMES`. */
export const GENERIC_TICKS: Layout = {
  name: "ticks by the names of columns",
  columns: TICK_COLUMNS,
  mayBeEmpty: "all",
};

const GENERIC_BARS = {
  name: "bars by the names of columns",
  columns: BAR_COLUMNS,
  mayBeEmpty: ["barTrades", "barVolume", "barQuoteVolume", "barTakerVolume"],
  timeForms: ["date"],
} as const;

/** Bars whose stamps the name of their time says, as `open_time`, or which must be asked for. */
export function genericBars(timeName: string | undefined): Layout {
  const plain = plainName(timeName ?? "");
  const isOf = (names: readonly string[]): boolean => names.some((name) => plainName(name) === plain);
  return { ...GENERIC_BARS, stamp: isOf(START_NAMES) ? "start" : isOf(END_NAMES) ? "end" : "ask" };
}

/** The column of each field that is there, by the layout's names in their order. */
export function columnsOf(columns: Layout["columns"], plain: readonly string[]): Map<RowField, number> {
  const fields = new Map<RowField, number>();
  for (const [field, names] of Object.entries(columns) as [RowField, readonly string[]][]) {
    const name = names.map(plainName).find((candidate) => plain.includes(candidate));
    if (name !== undefined) fields.set(field, plain.indexOf(name));
  }
  return fields;
}

/** Whether a table with these fields holds bars or ticks; `undefined` for neither. */
export function kindOfFields(fields: Pick<ReadonlyMap<RowField, unknown>, "has">): "bars" | "ticks" | undefined {
  if (!fields.has("ts")) return undefined;
  if (OHLC.every((field) => fields.has(field))) return "bars";
  return fields.has("price") || (fields.has("bid") && fields.has("ask")) ? "ticks" : undefined;
}

/** Columns that may tell the market. */
export function marketColumns(plain: readonly string[]): number[] {
  return [...plain.keys()].filter((column) => MARKET_NAMES.has(plain[column]!));
}

/** Whether a column of nobody's layout would be read as this field by its name. */
export function isUsualName(field: RowField, plain: string): boolean {
  return [TICK_COLUMNS, BAR_COLUMNS].some((columns) => columns[field]?.some((name) => plainName(name) === plain));
}
