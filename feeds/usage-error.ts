// A mistake of the user's: told without a stack trace, exit code 2.

/** The message is for the user and says what to do instead. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** True for a `UsageError` and for what `parseArgs` throws about unknown or incomplete options. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

/** A whole or decimal number of an option within [least, most]; throws `UsageError` naming the option. */
export function numberOption(name: string, value: string, least: number, most: number, whole = true): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (number >= least && number <= most && (!whole || Number.isInteger(number))) return number;
  const kind = whole ? "a whole number" : "a number";
  throw new UsageError(`--${name}: got ${value}, expected ${kind} from ${least} to ${most}`);
}
