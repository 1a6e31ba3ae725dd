// Reads times of ticks. One unit, ms since 1970 UTC: a number that looks like another unit is refused by the range,
// and `unitOfTime` names what it looks like.

/** Times from 2009 to 2100 are accepted. No reading of another unit as ms falls into them. */
export const MIN_TS_MS = Date.UTC(2009, 0, 1);
export const MAX_TS_MS = Date.UTC(2101, 0, 1) - 1;

const DIGITS = /^\d{1,20}(\.\d{1,20})?$/;
const ISO_FORM =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?$/;

/**
 * Time in whole ms since 1970 UTC from a number of ms, a text of its digits or an ISO 8601 text; a text without a zone
 * is UTC; what is below the millisecond is cut. `NaN` for any other value, a number with an exponent included.
 *
 * Example: `parseTsMs("2025-12-01T00:00:01.5+00")` and `parseTsMs("1764547201500")` are 1764547201500.
 */
export function parseTsMs(value: unknown): number {
  if (typeof value === "number") return Math.floor(value);
  if (typeof value !== "string") return NaN;
  if (DIGITS.test(value)) return Math.floor(Number(value));
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

export type TimeUnit = "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

/** The unit of a number of time since 1970 by its magnitude: s < 1e11 ≤ ms < 1e14 ≤ µs < 1e17 ≤ ns. */
export function unitOfTime(time: number): TimeUnit {
  if (time < 1e11) return "seconds";
  if (time < 1e14) return "milliseconds";
  return time < 1e17 ? "microseconds" : "nanoseconds";
}

function zoneOffsetMs(zone: string): number {
  if (zone === "Z") return 0;
  const digits = zone.replace(":", "");
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}
