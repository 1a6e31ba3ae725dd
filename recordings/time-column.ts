// The times of one recording: numbers become ms, in the unit that the first of them shows.
import { MAX_TS_MS, MIN_TS_MS } from "../src/features/tick-time.ts";
import type { TimeZone } from "../src/markets/time-zone.ts";
import { msOfTimeText, type TimeForm } from "./time-text.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

export type TimeUnit = "s" | "ms" | "µs" | "ns";

/** Digits of a whole number of each unit at most: s < 1e11 ≤ ms < 1e14 ≤ µs < 1e17 ≤ ns. */
const UNITS: readonly { readonly unit: TimeUnit; readonly digits: number; readonly belowMs: number }[] = [
  { unit: "s", digits: 11, belowMs: -3 },
  { unit: "ms", digits: 14, belowMs: 0 },
  { unit: "µs", digits: 17, belowMs: 3 },
  { unit: "ns", digits: 20, belowMs: 6 },
];
/** What a user says of the times. */
export interface TimeRules {
  /** Unit of numbers, instead of the one that their magnitude shows. */
  readonly unit?: TimeUnit | undefined;
  /** Zone of texts that name none. */
  readonly timezone?: TimeZone | undefined;
}

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
  /** Forms of texts that the recording's layout has besides ISO 8601. */
  forms: readonly TimeForm[] = [];
  private readonly path: string;
  private readonly rules: TimeRules;
  /** Digits of the last time that was a whole number of ms or less, `0` before the first. */
  private digits = 0;
  /** Those of them that are below the ms. */
  private cutDigits = 0;
  /** What a place in the recording is called: line or row. */
  readonly word: string;
  private firstPlace = 0;

  /**
   * @param path names the recording in errors.
   * @param word what a place in it is called: line or row.
   */
  constructor(path: string, word: string, rules: TimeRules = {}) {
    this.path = path;
    this.word = word;
    this.rules = rules;
  }

  /**
   * Whole ms of a number, of digits with or without a fraction, or of a text in one of the forms; what is below the
   * millisecond is cut. Anything else is returned as it is, for `parseTick` to read or to refuse; so is a number that
   * is no time from 2009 to 2100 in the unit of its magnitude, as a number.
   *
   * @throws UnreadableFileError for a time in another unit than those before it.
   */
  msOf(value: unknown, place: number): unknown {
    if (typeof value === "string") {
      // Most files: as many digits as before, which are of the same unit by their magnitude.
      const ms = value.length === this.digits ? wholeNumber(value, this.digits - this.cutDigits) : NaN;
      if (isTime(ms)) return ms;
    } else if (this.unit === "ms" && typeof value === "number" && isTime(value)) return Math.floor(value);
    if (!(typeof value === "string" || typeof value === "number" || typeof value === "bigint")) return value;
    const text = String(value).trim();
    const match = DIGITS.exec(text);
    if (match === null) return typeof value === "string" ? this.msOfText(text, value) : value;
    const whole = match[1]!.replace(/^0+(?=\d)/, "");
    const { unit, belowMs } = this.unitOf(whole);
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
    this.digits = belowMs >= 0 && text.length === whole.length ? whole.length : 0;
    this.cutDigits = belowMs;
    return ms;
  }

  private unitOf(whole: string): (typeof UNITS)[number] {
    const { unit } = this.rules;
    return UNITS.find((row) => (unit === undefined ? whole.length <= row.digits : row.unit === unit))!;
  }

  private msOfText(text: string, value: string): unknown {
    if (this.rules.timezone === undefined && this.forms.length === 0) return value;
    const ms = msOfTimeText(text, { forms: this.forms, zone: this.rules.timezone });
    return ms ?? value;
  }

  /** Ms of a time stamp without a zone, as Parquet has them, given as if it were UTC. */
  msOfWall(wallMs: number): unknown {
    const { timezone } = this.rules;
    return timezone === undefined ? wallMs : (timezone.utcMs(wallMs) ?? NaN);
  }
}

/** The number of the first digits of a text of digits, `NaN` for any other text, as with an exponent or a blank. */
function wholeNumber(text: string, count: number): number {
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return NaN;
    if (i < count) number = number * 10 + digit;
  }
  return number;
}

function cut(digits: string, count: number): string {
  return count === 0 ? digits : digits.slice(0, -count);
}

function isTime(ms: number): boolean {
  return ms >= MIN_TS_MS && ms <= MAX_TS_MS;
}
