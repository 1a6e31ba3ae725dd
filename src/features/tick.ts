// A tick, and the parser for every incoming tick. Bad data is returned as a value: a reason with the field, the
// received value and the expectation. No clock: the receive time is a parameter.
import { parseDecimal } from "./decimal.ts";
import { type IgnoredFields, namesGiven, readTickFields, type TickInput } from "./tick-fields.ts";
import { isExactId, tickIdNumber } from "./tick-id.ts";
import { SYMBOL_EXPECTED, symbolKey, VENUE_EXPECTED, venueKey } from "./symbol-name.ts";
import { parseTradeFlow, type TradeFlow } from "./trade-flow.ts";
import { MAX_TS_MS, MIN_TS_MS, parseTsMs, unitOfTime } from "./tick-time.ts";

/** One market update. After parsing, missing optional fields are `NaN`, never 0. */
export interface Tick {
  /** The symbol's key: see `symbolKey`. */
  readonly symbol: string;
  /** Event time in whole ms since 1970 UTC. */
  readonly tsMs: number;
  /** Price of the trade, above 0; `NaN` in a quote alone, which has bid and ask. */
  readonly price: number;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
  /** Size of the last trade. */
  readonly size: number;
  /** The feed's id of this update as a number (see `tickIdNumber`), `NaN` without one. */
  readonly id: number;
  /** What was traded; `undefined` where nothing is known of it. */
  readonly flow?: TradeFlow | undefined;
  /** True when a gateway accepted it already: from its archive. It is not doubted again. */
  readonly isJudged?: boolean;
}

/** Why a tick was refused; each reason is a metric label. The grid decides `ts_outlier` and `price_outlier` later. */
export const REJECTION_REASONS = [
  "not_an_object",
  "symbol_missing",
  "symbol_malformed",
  "ts_missing",
  "ts_malformed",
  "ts_out_of_range",
  "ts_in_future",
  "ts_outlier",
  "price_missing",
  "price_not_finite",
  "price_not_positive",
  "price_out_of_range",
  "price_outside_quote",
  "price_outlier",
  "bid_not_finite",
  "bid_not_positive",
  "bid_out_of_range",
  "ask_not_finite",
  "ask_not_positive",
  "ask_out_of_range",
  "crossed_quote",
  "bid_size_not_finite",
  "bid_size_negative",
  "bid_size_out_of_range",
  "ask_size_not_finite",
  "ask_size_negative",
  "ask_size_out_of_range",
  "size_not_finite",
  "size_negative",
  "size_out_of_range",
  "id_malformed",
  "venue_malformed",
  "side_malformed",
  "bar_trades_malformed",
  "bar_trades_not_finite",
  "bar_trades_negative",
  "bar_trades_out_of_range",
  "bar_volume_not_finite",
  "bar_volume_negative",
  "bar_volume_out_of_range",
  "bar_quote_volume_not_finite",
  "bar_quote_volume_negative",
  "bar_quote_volume_out_of_range",
  "bar_taker_volume_not_finite",
  "bar_taker_volume_negative",
  "bar_taker_volume_out_of_range",
  "not_json",
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** A refused tick: the field, the received value, the expectation. */
export interface TickRejection {
  readonly reason: RejectionReason;
  readonly field: string;
  readonly got: string;
  readonly expected: string;
}

/** The rules for ticks that a deployment may set. */
export interface TickRules {
  /** A tick further ahead of the receive time than this is `ts_in_future`, ms. */
  readonly futureToleranceMs: number;
  /**
   * A price below the bid or above the ask by more than this share of it, in percent, is `price_outside_quote`. One
   * side alone bounds no price.
   */
  readonly quoteMarginPercent: number;
}

/** The margin is 150 times the largest distance of a price from its own quote in 69,000 recorded ticks, 0.064 %. */
export const DEFAULT_TICK_RULES: TickRules = { futureToleranceMs: 5_000, quoteMarginPercent: 10 };

/**
 * Parses one tick `{symbol, venue?, ts, price, bid?, ask?, bidSize?, askSize?, size?, id?, …}`, each field by any of
 * its `TICK_FIELD_NAMES`. The price may be missing where bid and ask are there. Numbers may be decimal strings, as
 * exchanges send them; `null` and texts such as `N/A` are a missing field, and a bid or ask of 0 a missing side.
 *
 * @param receivedAtMs the receive time in ms. `Infinity` for files.
 * @param ignored receives the names of what was not read.
 * @returns the tick, or its first fault.
 */
export function parseTick(
  value: unknown,
  receivedAtMs: number,
  rules: TickRules = DEFAULT_TICK_RULES,
  ignored?: IgnoredFields,
): Tick | TickRejection {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return rejection("not_an_object", "tick", value, "an object {symbol, ts, price, …}");
  }
  const given = value as Readonly<Record<string, unknown>>;
  const raw = readTickFields(given, ignored);
  const symbol = symbolKey(raw.symbol, raw.venue);
  if (symbol === undefined) return symbolFault(raw);
  const tsMs = parseTsMs(raw.ts);
  if (!(tsMs >= MIN_TS_MS && tsMs <= MAX_TS_MS)) return timeFault(given, raw.ts, tsMs);
  if (tsMs > receivedAtMs + rules.futureToleranceMs) {
    const expected = `at most ${rules.futureToleranceMs} ms after the receive time ${receivedAtMs}`;
    return rejection("ts_in_future", "ts", raw.ts, expected);
  }
  const price = parsePrice(raw.price, "price");
  if (typeof price !== "number") return price;
  return parseQuoteAndSizes(raw, { symbol, tsMs, price }, rules, ignored);
}

/** Whether a result of `parseTick` is a rejection. */
export function isRejection(parsed: Tick | TickRejection): parsed is TickRejection {
  return "reason" in parsed;
}

function symbolFault({ symbol, venue }: TickInput): TickRejection {
  if ((symbol ?? undefined) === undefined) return rejection("symbol_missing", "symbol", symbol, SYMBOL_EXPECTED);
  if (symbolKey(symbol) === undefined) return rejection("symbol_malformed", "symbol", symbol, SYMBOL_EXPECTED);
  const isForm = venueKey(venue) !== undefined;
  const expected = isForm ? `the venue in the symbol ${shortText(symbol)}` : VENUE_EXPECTED;
  return rejection("venue_malformed", "venue", venue, expected);
}

function timeFault(given: Readonly<Record<string, unknown>>, ts: unknown, tsMs: number): TickRejection {
  const expected = "ms since 1970 UTC from 2009 to 2100, or an ISO 8601 time";
  if ((ts ?? undefined) === undefined) {
    const names = namesGiven(given, "ts");
    if (names.length < 2) return rejection("ts_missing", "ts", ts, expected);
    return {
      reason: "ts_missing",
      field: "ts",
      got: `${names.join(" and ")}, which differ`,
      expected: "one time, as ts",
    };
  }
  if (Number.isNaN(tsMs)) return rejection("ts_malformed", "ts", ts, expected);
  const unit = unitOfTime(tsMs);
  const isOther = unit !== "milliseconds" && !(typeof ts === "string" && ts.includes("-"));
  return rejection("ts_out_of_range", "ts", ts, isOther ? `${expected}; this looks like ${unit}` : expected);
}

function parseQuoteAndSizes(
  raw: TickInput,
  { symbol, tsMs, price }: Pick<Tick, "symbol" | "tsMs" | "price">,
  { quoteMarginPercent }: TickRules,
  ignored: IgnoredFields | undefined,
): Tick | TickRejection {
  const bid = parseSide(raw.bid, "bid");
  if (typeof bid !== "number") return bid;
  const ask = parseSide(raw.ask, "ask");
  if (typeof ask !== "number") return ask;
  if (bid > ask) return rejection("crossed_quote", "bid", bid, `at most the ask ${ask}`);
  if (Number.isNaN(price) && Number.isNaN(bid + ask)) {
    return rejection("price_missing", "price", raw.price, `${PRICE}, or both bid and ask`);
  }
  if (isOutsideQuote(price, bid, ask, quoteMarginPercent / 100)) {
    const expected = `within ${quoteMarginPercent} % of its quote of ${bid} to ${ask}`;
    return rejection("price_outside_quote", "price", price, expected);
  }
  const bidSize = parseSize(raw.bidSize, "bidSize", "bid_size");
  if (typeof bidSize !== "number") return bidSize;
  const askSize = parseSize(raw.askSize, "askSize", "ask_size");
  if (typeof askSize !== "number") return askSize;
  const size = parseSize(raw.size, "size", "size");
  if (typeof size !== "number") return size;
  const id = tickIdNumber(raw.id);
  if (id === undefined) return rejection("id_malformed", "id", raw.id, "a string or a number");
  if (!isExactId(raw.id)) ignored?.add("id (rounded above 2^53: send it as text)");
  const flow = parseTradeFlow(raw);
  if (flow !== undefined && "reason" in flow) return rejection(flow.reason, flow.field, raw[flow.field], flow.expected);
  const tick = { symbol, tsMs, price, bid, ask, bidSize, askSize, size, id };
  return flow === undefined ? tick : { ...tick, flow };
}

/** A thin book may have one side only, far from its trades: that says nothing of a price. */
function isOutsideQuote(price: number, bid: number, ask: number, margin: number): boolean {
  if (Number.isNaN(bid) || Number.isNaN(ask)) return false;
  return price < bid * (1 - margin) || price > ask * (1 + margin);
}

/** Prices within these bounds keep every ratio, return and float32 finite. */
export const LEAST_PRICE = 1e-15;
export const MOST = 1e15;
const PRICE = `a number from ${LEAST_PRICE} to ${MOST}`;
const SIZE = `a number from 0 to ${MOST}`;

/** A price, `NaN` if missing, or its fault. */
function parsePrice(value: unknown, field: "price" | "bid" | "ask"): number | TickRejection {
  if (value === undefined || value === null) return NaN;
  const x = parseDecimal(value);
  if (x >= LEAST_PRICE && x <= MOST) return x;
  const fault = !Number.isFinite(x) ? "not_finite" : x > 0 ? "out_of_range" : "not_positive";
  return rejection(`${field}_${fault}` as const, field, value, PRICE);
}

/** A side of the quote, `NaN` if it is missing or empty, which a price of 0 says, or its fault. */
function parseSide(value: unknown, field: "bid" | "ask"): number | TickRejection {
  return parseDecimal(value) === 0 ? NaN : parsePrice(value, field);
}

/** A size (never −0), `NaN` if missing, or its fault. */
function parseSize(value: unknown, field: string, reason: "bid_size" | "ask_size" | "size"): number | TickRejection {
  if (value === undefined || value === null) return NaN;
  const x = parseDecimal(value);
  if (x >= 0 && x <= MOST) return x + 0;
  const fault = !Number.isFinite(x) ? "not_finite" : x > 0 ? "out_of_range" : "negative";
  return rejection(`${reason}_${fault}` as const, field, value, SIZE);
}

function rejection(reason: RejectionReason, field: string, got: unknown, expected: string): TickRejection {
  return { reason, field, got: shortText(got), expected };
}

/** Arrays and objects are only named: writing out a deeply nested one would overflow the stack. */
function shortText(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? text.slice(0, 77) + "…" : text;
}
