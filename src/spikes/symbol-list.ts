// Which symbols a subscription is for: a list of names, in which `*` stands for any characters.
import { symbolKey } from "../features/symbol-name.ts";

export const EXPECTED_SYMBOLS =
  '"all", or 1 to 200 names of symbols, in which * stands for any characters, such as BTC-* or *@kraken';
const MAX_NAMES = 200;

/** Every symbol, or names in the form of their keys. */
export type SymbolList = "all" | readonly string[];

/** `undefined` for what has not the form. Example: `["btc-*@Kraken"]` gives `["BTC-*@kraken"]`. */
export function parseSymbolList(value: unknown): SymbolList | undefined {
  if (value === "all") return value;
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_NAMES) return undefined;
  const names = value.map(keyOf);
  return names.every((name) => name !== undefined) ? [...new Set(names)] : undefined;
}

/** Whether a symbol is meant. @param symbol its key. */
export function includesSymbol(list: SymbolList, symbol: string): boolean {
  return list === "all" || list.some((name) => (name.includes("*") ? matches(name, symbol) : name === symbol));
}

/** The key of a name, its stars kept. */
function keyOf(name: unknown): string | undefined {
  if (typeof name !== "string" || !name.includes("*")) return symbolKey(name);
  // A letter in place of a star has the form of a name wherever the star stands.
  if (symbolKey(name.replaceAll("*", "A")) === undefined) return undefined;
  const [symbol, venue] = name.split("@");
  return venue === undefined ? symbol!.toUpperCase() : `${symbol!.toUpperCase()}@${venue.toLowerCase()}`;
}

/** Without a regular expression: stars must not cost more than the name is long. */
function matches(pattern: string, symbol: string): boolean {
  const parts = pattern.split("*");
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (symbol.length < first.length + last.length || !symbol.startsWith(first) || !symbol.endsWith(last)) return false;
  const end = symbol.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = symbol.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
