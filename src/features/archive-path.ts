// Where a symbol's archive lies in the bucket.

/**
 * The folder of a symbol's ticks, `ticks/<symbol>/`. Its key is percent-encoded, so that a slash in a name begins no
 * folder; a colon stays, as it did before names had slashes.
 *
 * Example: `archiveFolder("BTC/USD@kraken")` is `"ticks/BTC%2FUSD%40kraken/"`.
 */
export function archiveFolder(symbol: string): string {
  return `ticks/${encodeURIComponent(symbol).replaceAll("%3A", ":")}/`;
}
