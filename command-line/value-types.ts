// Types of option values. Each type checks the text, and its error names the option, what came and what was expected.
// Types that know the field, such as a symbol, are made with `valueType` where they belong.
import { UserError } from "./user-error.ts";

export interface ValueType<T> {
  /** What the help shows in the value's place, e.g. `N` or `TIME`. */
  readonly placeholder: string;
  /**
   * @param name the name of the text in the error, e.g. `--speed`.
   * @throws UserError
   */
  parse(text: string, name: string): T;
}

/** A type whose `parse` answers `undefined` for a text that is not `expected`. */
export function valueType<T>(
  placeholder: string,
  expected: string,
  parse: (text: string) => T | undefined,
): ValueType<T> {
  return {
    placeholder,
    parse: (text, name) => {
      const value = parse(text);
      if (value === undefined) throw wrongValue(name, text, expected);
      return value;
    },
  };
}

export function wrongValue(name: string, text: string, expected: string): UserError {
  return new UserError(`${name}: got ${text.trim() === "" ? JSON.stringify(text) : text}, expected ${expected}`);
}

/** Any text. */
export function text(placeholder: string): ValueType<string> {
  return { placeholder, parse: (value) => value };
}

/** A text that is not blank, of at most `most` characters. */
export function words(placeholder: string, most: number): ValueType<string> {
  return {
    placeholder,
    parse: (value, name) => {
      if (value.trim() !== "" && value.length <= most) return value;
      const got = value.trim() === "" ? "a blank text" : `${value.length} characters`;
      throw wrongValue(name, got, `1 to ${most} characters`);
    },
  };
}

/** A whole number; without bounds any that JavaScript holds exactly. */
export function wholeNumber(least = -Number.MAX_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): ValueType<number> {
  return valueType("N", `a whole number${rangeText(least, most)}`, (value) => {
    const number = numberOf(value);
    return Number.isSafeInteger(number) && number >= least && number <= most ? number : undefined;
  });
}

export function decimal(least: number, most: number, placeholder = "X"): ValueType<number> {
  return valueType(placeholder, `a number${rangeText(least, most)}`, (value) => {
    const number = numberOf(value);
    return number >= least && number <= most ? number : undefined;
  });
}

/** A number above 0 and at most `most`: a rate that may not be 0. */
export function positiveUpTo(most: number, placeholder = "X"): ValueType<number> {
  return valueType(placeholder, `a number above 0 and at most ${most}`, (value) => {
    const number = numberOf(value);
    return number > 0 && number <= most ? number : undefined;
  });
}

export function oneOf<const T extends string>(names: readonly T[], placeholder = "NAME"): ValueType<T> {
  const expected = names.length === 2 ? names.join(" or ") : names.join(", ");
  return valueType(placeholder, expected, (value) => names.find((name) => name === value));
}

/** Values between commas; the error names the one that is wrong. */
export function listOf<T>(type: ValueType<T>, placeholder = `${type.placeholder},…`): ValueType<readonly T[]> {
  return { placeholder, parse: (value, name) => value.split(",").map((part) => type.parse(part.trim(), name)) };
}

/** An address of a server, without the slashes at its end. */
export function webAddress(): ValueType<string> {
  return valueType("URL", "an address like http://127.0.0.1:8787", (value) =>
    /^https?:\/\/./.test(value) && URL.canParse(value) ? value.replace(/\/+$/, "") : undefined,
  );
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time in ms within bounds. */
export function duration(leastMs: number, mostMs = Infinity): ValueType<number> {
  const range =
    mostMs === Infinity
      ? `at least ${durationText(leastMs)}`
      : `from ${durationText(leastMs)} to ${durationText(mostMs)}`;
  return valueType("TIME", `a length of time like 60s or 2h, ${range}`, (value) => {
    const ms = parseDurationMs(value);
    return ms >= leastMs && ms <= mostMs ? ms : undefined;
  });
}

/**
 * Milliseconds of a whole number with a unit: ms, s, m, h or d; `NaN` for anything else.
 *
 * Example: `parseDurationMs("90s") === 90000`.
 */
export function parseDurationMs(value: string): number {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(value);
  return match === null ? NaN : Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

function durationText(ms: number): string {
  const [unit, unitMs] = Object.entries(UNIT_MS).findLast(([, size]) => ms % size === 0) ?? ["ms", 1];
  return `${ms / unitMs}${unit}`;
}

function numberOf(value: string): number {
  return value.trim() === "" ? NaN : Number(value);
}

function rangeText(least: number, most: number): string {
  if (most !== Number.MAX_SAFE_INTEGER) return ` from ${least} to ${most}`;
  return least === -Number.MAX_SAFE_INTEGER ? "" : ` from ${least}`;
}
