// A mistake of the user's: told without a stack trace, exit code 2.
import { parseSymbol } from "../src/features/tick.ts";
import { UnreadableFileError } from "../recordings/file-lines.ts";

/** The message is for the user and says what to do instead. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** True for a `UsageError`, a file that cannot be read, and what `parseArgs` throws about unknown or incomplete options. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof UnreadableFileError) return true;
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

/** A whole or decimal number of an option within [least, most]; throws `UsageError` naming the option. */
export function numberOption(name: string, value: string, least: number, most: number, whole = true): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (number >= least && number <= most && (!whole || Number.isInteger(number))) return number;
  const kind = whole ? "a whole number" : "a number";
  throw new UsageError(`--${name}: got ${value}, expected ${kind} from ${least} to ${most}`);
}

/** Whole numbers between commas, e.g. `1,8`, each within [least, most]; throws `UsageError` naming the option. */
export function numberListOption(name: string, value: string, least: number, most: number): number[] {
  const parts = value.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (parts.every((part) => Number.isInteger(part) && part >= least && part <= most)) return parts;
  throw new UsageError(`--${name}: got ${value}, expected whole numbers from ${least} to ${most} between commas`);
}

/** The symbol of `--symbol`, upper-cased; throws `UsageError` when it is no name of a symbol. */
export function symbolOption(value: string): string {
  const symbol = parseSymbol(value);
  if (symbol === undefined) throw new UsageError(`--symbol: got ${value}, expected a name like BTC-USD`);
  return symbol;
}
