// A price bar as four ticks inside its own step, so that a grid of the bar's length closes with the bar's high, low and
// close exactly.
import { jsonObject } from "./json-object.ts";
import type { TickInput } from "../features/tick-fields.ts";

/**
 * Tick inputs of the bar `{timestamp_ms, open, high, low, close}` (numbers or decimal strings) whose stamp is its
 * **end**, as in BitMEX's files: a bar stamped T covers [T − Δ, T). Four ticks: open, the extreme nearer the open (low
 * if both are equally near), the other extreme, close. Their times differ, so that a flat bar's ticks are not
 * duplicates.
 *
 * An exchange's open may be the previous close and lie outside the bar's own range (3 % of BitMEX's bars). It is moved
 * to the nearest price inside, so that it does not widen high and low.
 *
 * Example: T = 120000, Δ = 60000, o 10, h 14, l 9, c 12 gives 10 at 60000, 9 at 80000, 14 at 100000, 12 at 119999.
 *
 * @param symbol of every tick; a file of bars does not name it.
 * @param stepMs Δ, at least 4 ms; throws `RangeError` otherwise.
 * @returns `undefined` if a field is missing or not a finite number, or the close lies outside [low, high].
 */
export function ticksOfBar(bar: unknown, symbol: string, stepMs = 60_000): readonly TickInput[] | undefined {
  if (!Number.isInteger(stepMs) || stepMs < 4) {
    throw new RangeError(`stepMs: got ${stepMs}, expected a whole number of at least 4`);
  }
  const fields = jsonObject(bar);
  if (fields === undefined) return undefined;
  const [endMs, open, high, low, close] = ["timestamp_ms", "open", "high", "low", "close"].map((name) =>
    finiteNumber(fields[name]),
  ) as [number, number, number, number, number];
  if (!Number.isFinite(endMs + open + high + low + close) || close > high || close < low) return undefined;
  const first = Math.min(Math.max(open, low), high);
  const lowFirst = first - low <= high - first;
  const startMs = endMs - stepMs;
  return [
    { symbol, ts: startMs, price: first },
    { symbol, ts: startMs + Math.floor(stepMs / 3), price: lowFirst ? low : high },
    { symbol, ts: startMs + Math.floor((2 * stepMs) / 3), price: lowFirst ? high : low },
    { symbol, ts: endMs - 1, price: close },
  ];
}

function finiteNumber(value: unknown): number {
  if (typeof value === "string" && value.trim() !== "") return Number(value);
  return typeof value === "number" ? value : NaN;
}
