// Keys of the gateway's archive of ticks: `ticks/<symbol>/<yyyy-mm-dd>/<hhmm>-<first batch>.parquet`,
// the symbol percent-encoded.

/** The parts of a key. */
export interface ArchiveKey {
  readonly symbol: string;
  /** Event time of its first tick, cut to the minute, ms since 1970. */
  readonly fromMs: number;
}

/**
 * Reads the end of an address or path; `undefined` for other keys.
 *
 * Example: `parseArchiveKey("local://ticks/BTC-USD/2026-11-20/1415-000000000042.parquet")` is `{ symbol: "BTC-USD",
 * fromMs: Date.UTC(2026, 10, 20, 14, 15) }`.
 */
export function parseArchiveKey(path: string): ArchiveKey | undefined {
  const match = /([^/]+)\/(\d{4}-\d{2}-\d{2})\/([01]\d|2[0-3])([0-5]\d)-\d+\.parquet$/.exec(path);
  if (match === null) return undefined;
  const [, symbol, day, hour, minute] = match;
  const fromMs = Date.parse(`${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(fromMs) ? undefined : { symbol: decoded(symbol!), fromMs };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
