// Names of symbols and venues. A client may spell a name in either case; inside there is one key.

const SYMBOL = "[A-Za-z0-9^][A-Za-z0-9._:/=^-]{0,63}";
const VENUE = "[A-Za-z0-9][A-Za-z0-9._-]{0,31}";
const SYMBOL_ALONE = new RegExp(`^${SYMBOL}$`);
const VENUE_FORM = new RegExp(`^${VENUE}$`);

/** The form of a symbol in messages, with or without the venue behind an `@`, as the source of a regular expression. */
export const SYMBOL_PATTERN = `${SYMBOL}(@${VENUE})?`;
export const SYMBOL_FORM = new RegExp(`^${SYMBOL_PATTERN}$`);
/** The same in words. */
export const SYMBOL_EXPECTED = "1 to 64 of A-Z a-z 0-9 . _ : / = ^ -, beginning with one of A-Z a-z 0-9 ^";
export const VENUE_EXPECTED = "1 to 32 of A-Z a-z 0-9 . _ -, beginning with a letter or digit";

/**
 * The key of a symbol: its name in upper case and, behind an `@`, its venue in lower case. Two names have one key when
 * they differ in case alone. Nothing but ASCII is taken, so that no two keys look alike.
 *
 * Example: `symbolKey("btc/usd", "Kraken")` and `symbolKey("BTC/USD@kraken")` are `"BTC/USD@kraken"`.
 *
 * @param venue must not contradict one in the name; `undefined`, `null` and `""` are none.
 * @returns `undefined` for what has not the form.
 */
export function symbolKey(name: unknown, venue?: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  const at = name.indexOf("@");
  const symbol = at < 0 ? name : name.slice(0, at);
  // The check comes first: upper-casing turns some other letters into ASCII ("ß" becomes "SS").
  if (!SYMBOL_ALONE.test(symbol)) return undefined;
  const named = at < 0 ? undefined : venueKey(name.slice(at + 1));
  if (at >= 0 && named === undefined) return undefined;
  const given = isNone(venue) ? named : venueKey(venue);
  if (!isNone(venue) && (given === undefined || (named !== undefined && named !== given))) return undefined;
  return given === undefined ? symbol.toUpperCase() : `${symbol.toUpperCase()}@${given}`;
}

/** A venue in lower case; `undefined` for what has not the form. */
export function venueKey(venue: unknown): string | undefined {
  return typeof venue === "string" && VENUE_FORM.test(venue) ? venue.toLowerCase() : undefined;
}

/** Symbol and venue of a key. */
export function splitKey(key: string): { readonly symbol: string; readonly venue: string | undefined } {
  const at = key.indexOf("@");
  return at < 0 ? { symbol: key, venue: undefined } : { symbol: key.slice(0, at), venue: key.slice(at + 1) };
}

function isNone(venue: unknown): boolean {
  return venue === undefined || venue === null || venue === "";
}
