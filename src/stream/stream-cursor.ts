// Where a reader of the stream is: a position for each source that it follows, as the text that it resumes with.

/** The source of alerts has no symbol's name: these have upper-case letters only. */
export const ALERT_SOURCE = "alerts";

const ENTRY = /^([^,~]{1,97})~([0-9a-z]{1,11})$/;

/** What `after=` must look like. */
export const EXPECTED_CURSOR = "the `cursor` of hello or of an event, or several joined by commas";

/** A position of one source as text. @param source key of a symbol, or `ALERT_SOURCE`. */
export function cursorOf(source: string, position: number): string {
  return `${source}~${position.toString(36)}`;
}

/**
 * The positions by source; of several of one source the furthest. `undefined` for what is no cursor.
 *
 * Example: `parseCursor("BTC-USD~a,ETH-USD~b,BTC-USD~c")` is BTC-USD at 12 and ETH-USD at 11.
 */
export function parseCursor(text: string): Map<string, number> | undefined {
  const positions = new Map<string, number>();
  for (const entry of text.split(",")) {
    if (entry === "") continue;
    const [, source, digits] = ENTRY.exec(entry) ?? [];
    const position = digits === undefined ? NaN : parseInt(digits, 36);
    if (source === undefined || !Number.isSafeInteger(position)) return undefined;
    positions.set(source, Math.max(position, positions.get(source) ?? 0));
  }
  return positions.size === 0 ? undefined : positions;
}
