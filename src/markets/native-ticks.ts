// What the readers of native messages share: their result, the time that a message lacks, units of time, sides.
import { parseDecimal } from "../features/decimal.ts";
import type { TickInput } from "../features/tick-fields.ts";
import { unitOfTime } from "../features/tick-time.ts";
import { type JsonObject, jsonObject } from "./json-object.ts";

/**
 * Ticks of a message in its own order; empty for a message of the format that has none, as a heartbeat; `undefined` for
 * one that is not of the format. They are not checked: `parseTick` checks each.
 */
export type NativeTicks = readonly TickInput[] | undefined;

/** Reads messages of one format. @param isNamed whether the sender named the format, so that less must tell it. */
export type NativeReader = (message: unknown, isNamed: boolean) => NativeTicks;

/** The `ts` of a message that has no time by its documentation: the time of its receipt is the best that there is. */
export const RECEIVED: unique symbol = Symbol("the time of receipt");

/** How many digits of a time are below the millisecond. */
const DIGITS_BELOW_MS = { milliseconds: 0, microseconds: 3, nanoseconds: 6 } as const;
/** Digits are cut as text: as a number, a time in ns would be rounded, even into the next second. */
const DIGITS = /^\s*(\d+)(?:\.(\d*))?\s*$/;

/**
 * Whole ms of a number or text of seconds with a fraction; what is below the millisecond is cut, what is below the
 * microsecond of a number is noise of a float. Anything else is returned as it is, for `parseTick` to refuse.
 *
 * Example: `msOfSeconds(1618677786.615)` and `msOfSeconds("1618677786.615999")` are 1618677786615.
 */
export function msOfSeconds(value: unknown): unknown {
  const digits = typeof value === "string" ? DIGITS.exec(value) : null;
  if (digits !== null) return Number(digits[1]) * 1e3 + Number((digits[2] ?? "").padEnd(3, "0").slice(0, 3));
  const seconds = parseDecimal(value);
  return Number.isFinite(seconds) ? Math.floor(Math.round(seconds * 1e6) / 1e3) : value;
}

/** Whole ms of a number or digits of time, whose unit is told by its magnitude; anything else as it is. */
export function msOfEpoch(value: unknown): unknown {
  const time = parseDecimal(value);
  if (!Number.isFinite(time)) return value;
  const unit = unitOfTime(time);
  if (unit === "seconds") return msOfSeconds(value);
  const whole = typeof value === "string" ? DIGITS.exec(value)?.[1] : undefined;
  return whole === undefined
    ? Math.floor(time / 10 ** DIGITS_BELOW_MS[unit])
    : Number(whole.slice(0, whole.length - DIGITS_BELOW_MS[unit]));
}

/** The taker's side where a message has the maker's; anything else than buy and sell as it is. */
export function takerOfMaker(side: unknown): unknown {
  const text = typeof side === "string" ? side.toLowerCase() : side;
  if (text === "buy") return "sell";
  return text === "sell" ? "buy" : side;
}

/** The entries of a list as objects; an entry that is none is an empty one, which `parseTick` refuses. */
export function objectsOf(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.map((entry) => jsonObject(entry) ?? {}) : [];
}

/** First level of a side of a book, `[price, size, …]`; empty where the side is. */
export function topOfBook(side: unknown): readonly unknown[] {
  const first: unknown = Array.isArray(side) ? side[0] : undefined;
  return Array.isArray(first) ? first : [];
}
