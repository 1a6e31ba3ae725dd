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

/**
 * The numbers of a line's cells, each as `fastDecimal` reads it, without making texts of them.
 *
 * @param needed which columns are wanted; the others of `numbers` are left as they are.
 * @param numbers receives them; as long as the line should have cells.
 * @returns whether the line has that many cells.
 */
export function readNumbers(
  line: string,
  separator: number,
  needed: readonly boolean[],
  numbers: Float64Array,
): boolean {
  const { length } = line;
  let column = 0;
  let from = 0;
  let whole = 0;
  let point = -1;
  let isPlain = true;
  for (let i = 0; i <= length; i++) {
    const code = i < length ? line.charCodeAt(i) : separator;
    if (code === separator) {
      if (column === numbers.length) return false;
      const chars = i - from;
      if (needed[column] === true) {
        if (isPlain && chars > 1 && chars <= (point < 0 ? EXACT_DIGITS : EXACT_DIGITS + 1)) {
          numbers[column] = point < 0 ? whole : whole / POWERS[i - point - 1]!;
        } else numbers[column] = fastDecimal(line.slice(from, i));
      }
      column += 1;
      from = i + 1;
      whole = 0;
      point = -1;
      isPlain = true;
    } else if (code >= 48 && code <= 57) whole = whole * 10 + code - 48;
    else if (code === 46 && point < 0) point = i;
    else isPlain = false;
  }
  return column === numbers.length;
}
