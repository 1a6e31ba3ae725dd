// A tick, and the parser for every incoming tick. Bad data is returned as a value: a reason with the field, the
// received value and the expectation. No clock: the receive time is a parameter.
import { tickIdNumber } from "./tick-id.ts";

/** One market update. After parsing, missing optional fields are `NaN`, never 0. */
export interface Tick {
  readonly symbol: string;
  /** Event time in whole ms since 1970 UTC. */
  readonly tsMs: number;
  /** Last trade price, above 0. */
  readonly price: number;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
  /** Size of the last trade. */
  readonly size: number;
  /** The feed's id of this update as a number (see `tickIdNumber`), `NaN` without one. */
  readonly id: number;
}

/** Why a tick was refused; each reason is a metric label. The grid decides `ts_outlier` later. */
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

/** A tick further ahead of the receive time than this is `ts_in_future`. */
const MAX_FUTURE_MS = 5_000;

/** Earliest accepted time: 1973-03-03. A smaller number is most likely in seconds. */
const MIN_TS_MS = 100_000_000_000;
const MAX_TS_MS = 8_640_000_000_000_000;
const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
/** The form of a symbol in messages. */
export const SYMBOL_FORM = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,31}$/;
const ISO_FORM =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/;

/**
 * Checks and upper-cases a symbol; `undefined` when the result does not match `[A-Z0-9][A-Z0-9._:-]{0,31}`. The check
 * comes first, because upper-casing turns some other letters into ASCII ("ß" becomes "SS").
 */
export function parseSymbol(value: unknown): string | undefined {
  return typeof value === "string" && SYMBOL_FORM.test(value) ? value.toUpperCase() : undefined;
}

/**
 * Time in whole ms since 1970 UTC from a number of ms or an ISO 8601 string; a string without a zone is UTC; digits
 * below the millisecond are cut. `NaN` for any other value.
 *
 * Example: `parseTsMs("2025-12-01T00:00:01.5") === 1764547201500`.
 */
export function parseTsMs(value: unknown): number {
  if (typeof value === "number") return Math.floor(value);
  if (typeof value !== "string") return NaN;
  const match = ISO_FORM.exec(value);
  if (match === null) return NaN;
  const [, year, month, day, hour, minute, second = "0", fraction = "0", zone = "Z"] = match;
  const fields = [Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second)] as const;
  const utc = Date.UTC(fields[0], fields[1] - 1, fields[2], fields[3], fields[4], fields[5]);
  const back = new Date(utc);
  if (
    back.getUTCFullYear() !== fields[0] ||
    back.getUTCMonth() !== fields[1] - 1 ||
    back.getUTCDate() !== fields[2] ||
    fields[3] > 23
  )
    return NaN;
  if (fields[4] > 59 || fields[5] > 59) return NaN;
  return utc + Number(fraction.padEnd(3, "0").slice(0, 3)) - zoneOffsetMs(zone);
}

function zoneOffsetMs(zone: string): number {
  if (zone === "Z") return 0;
  const digits = zone.replace(":", "");
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

/**
 * Parses one tick `{symbol, ts, price, bid?, ask?, bidSize?, askSize?, size?, id?}`. Numbers may be decimal strings, as
 * exchanges send them; `null` is a missing field.
 *
 * @param receivedAtMs the receive time in ms; a tick more than 5 s ahead of it is `ts_in_future`. `Infinity` for files.
 * @returns the tick, or its first fault.
 */
export function parseTick(value: unknown, receivedAtMs: number): Tick | TickRejection {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return rejection("not_an_object", "tick", value, "an object {symbol, ts, price, …}");
  }
  const raw = value as Readonly<Record<string, unknown>>;
  const symbol = parseSymbol(raw["symbol"]);
  if (symbol === undefined) {
    const reason = (raw["symbol"] ?? undefined) === undefined ? "symbol_missing" : "symbol_malformed";
    return rejection(reason, "symbol", raw["symbol"], "a string matching [A-Z0-9][A-Z0-9._:-]{0,31}");
  }
  const ts = raw["ts"];
  const tsMs = parseTsMs(ts);
  if (!(tsMs >= MIN_TS_MS && tsMs <= MAX_TS_MS)) {
    const expected = "ms since 1970 UTC, or an ISO 8601 time";
    if (ts === undefined || ts === null) return rejection("ts_missing", "ts", ts, expected);
    return rejection(Number.isNaN(tsMs) ? "ts_malformed" : "ts_out_of_range", "ts", ts, expected);
  }
  if (tsMs > receivedAtMs + MAX_FUTURE_MS) {
    return rejection("ts_in_future", "ts", ts, `at most ${MAX_FUTURE_MS} ms after the receive time ${receivedAtMs}`);
  }
  if ((raw["price"] ?? undefined) === undefined) return rejection("price_missing", "price", raw["price"], PRICE);
  const price = parsePrice(raw["price"], "price");
  if (typeof price !== "number") return price;
  return parseQuoteAndSizes(raw, symbol, tsMs, price);
}

/** Whether a result of `parseTick` is a rejection. */
export function isRejection(parsed: Tick | TickRejection): parsed is TickRejection {
  return "reason" in parsed;
}

function parseQuoteAndSizes(
  raw: Readonly<Record<string, unknown>>,
  symbol: string,
  tsMs: number,
  price: number,
): Tick | TickRejection {
  const bid = parsePrice(raw["bid"], "bid");
  if (typeof bid !== "number") return bid;
  const ask = parsePrice(raw["ask"], "ask");
  if (typeof ask !== "number") return ask;
  if (bid > ask) return rejection("crossed_quote", "bid", bid, `at most the ask ${ask}`);
  const bidSize = parseSize(raw["bidSize"], "bidSize", "bid_size");
  if (typeof bidSize !== "number") return bidSize;
  const askSize = parseSize(raw["askSize"], "askSize", "ask_size");
  if (typeof askSize !== "number") return askSize;
  const size = parseSize(raw["size"], "size", "size");
  if (typeof size !== "number") return size;
  const id = tickIdNumber(raw["id"]);
  if (id === undefined) return rejection("id_malformed", "id", raw["id"], "a string or a whole number");
  return { symbol, tsMs, price, bid, ask, bidSize, askSize, size, id };
}

/** Prices within these bounds keep every ratio, return and float32 finite. */
const LEAST_PRICE = 1e-15;
const MOST = 1e15;
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

/** A size (never −0), `NaN` if missing, or its fault. */
function parseSize(value: unknown, field: string, reason: "bid_size" | "ask_size" | "size"): number | TickRejection {
  if (value === undefined || value === null) return NaN;
  const x = parseDecimal(value);
  if (x >= 0 && x <= MOST) return x + 0;
  const fault = !Number.isFinite(x) ? "not_finite" : x > 0 ? "out_of_range" : "negative";
  return rejection(`${reason}_${fault}` as const, field, value, SIZE);
}

function parseDecimal(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && DECIMAL.test(value) ? Number(value) : NaN;
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
