// The times of one recording: numbers become ms, in the unit that the first of them shows.
import { MAX_TS_MS, MIN_TS_MS } from "../src/features/tick-time.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

export type TimeUnit = "s" | "ms" | "µs" | "ns";

/** Digits of a whole number of each unit at most: s < 1e11 ≤ ms < 1e14 ≤ µs < 1e17 ≤ ns. */
const UNITS: readonly { readonly unit: TimeUnit; readonly digits: number; readonly belowMs: number }[] = [
  { unit: "s", digits: 11, belowMs: -3 },
  { unit: "ms", digits: 14, belowMs: 0 },
  { unit: "µs", digits: 17, belowMs: 3 },
  { unit: "ns", digits: 20, belowMs: 6 },
];
/** No exponent: what Excel leaves of a time, `1.76498E+12`, has lost its last digits. */
const DIGITS = /^(\d{1,20})(?:\.(\d*))?$/;

/**
 * Decides the unit of a recording's times once, by their magnitude, and converts them.
 *
 * Example: `new TimeColumn("a.csv", "line").msOf("1764979200666137", 2)` is 1764979200666, and `unit` is then `"µs"`.
 */
export class TimeColumn {
  /** `undefined` before the first number that is a time from 2009 to 2100: a recording of texts has none. */
  unit: TimeUnit | undefined;
  private readonly path: string;
  /** What a place in the recording is called: line or row. */
  readonly word: string;
  private firstPlace = 0;

  /**
   * @param path names the recording in errors.
   * @param word what a place in it is called: line or row.
   */
  constructor(path: string, word: string) {
    this.path = path;
    this.word = word;
  }

  /**
   * Whole ms of a number or of digits with or without a fraction; what is below the millisecond is cut. Anything else
   * is returned as it is, for `parseTick` to read or to refuse; so is a number that is no time from 2009 to 2100 in the
   * unit of its magnitude, as a number.
   *
   * @throws UnreadableFileError for a time in another unit than those before it.
   */
  msOf(value: unknown, place: number): unknown {
    if (this.unit === "ms" && typeof value === "number" && isTime(value)) return Math.floor(value);
    const match = DIGITS.exec(typeof value === "string" ? value.trim() : String(value));
    if (match === null || !(typeof value === "string" || typeof value === "number" || typeof value === "bigint")) {
      return value;
    }
    const whole = match[1]!.replace(/^0+(?=\d)/, "");
    const { unit, belowMs } = UNITS.find(({ digits }) => whole.length <= digits)!;
    const ms = Number(belowMs < 0 ? whole + (match[2] ?? "").padEnd(3, "0").slice(0, 3) : cut(whole, belowMs));
    if (!isTime(ms)) return Number(value);
    if (this.unit === undefined) {
      this.unit = unit;
      this.firstPlace = place;
    } else if (this.unit !== unit) {
      throw new UnreadableFileError(
        this.path,
        `${this.word} ${place}: got the time ${String(value)}, which is in ${unit}, expected ${this.unit} as in ` +
          `${this.word} ${this.firstPlace}: the times of a file have one unit`,
      );
    }
    return ms;
  }
}

function cut(digits: string, count: number): string {
  return count === 0 ? digits : digits.slice(0, -count);
}

function isTime(ms: number): boolean {
  return ms >= MIN_TS_MS && ms <= MAX_TS_MS;
}
