// Reads the decimals of large files: as `parseDecimal`, several times as fast.
import { parseDecimal } from "../src/features/decimal.ts";

/** Numbers of so many digits, and the powers of ten that divide them, are doubles without rounding. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);

/**
 * The double nearest to a decimal text, `NaN` for any other text; the same bits as `parseDecimal`.
 *
 * Example: `fastDecimal("84542.29")` divides 8454229 by 100, which rounds once.
 */
export function fastDecimal(text: string): number {
  const { length } = text;
  if (length === 0 || length > EXACT_DIGITS + 1) return parseDecimal(text);
  let whole = 0;
  let point = -1;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) whole = whole * 10 + digit;
    else if (digit === -2 && point < 0) point = i;
    else return parseDecimal(text);
  }
  if (point < 0) return length > EXACT_DIGITS ? parseDecimal(text) : whole;
  return length === 1 ? NaN : whole / POWERS[length - point - 1]!;
}

/** The number of a cell: a text by `fastDecimal`, a whole number of 64 bits as the nearest double. */
export function numberOfCell(cell: unknown): number {
  if (typeof cell === "string") return fastDecimal(cell);
  if (typeof cell === "number") return cell;
  return typeof cell === "bigint" ? Number(cell) : NaN;
}
