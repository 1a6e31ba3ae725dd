// The labels by which every series names its symbol.
import { splitKey } from "../features/symbol-name.ts";

/**
 * Labels of a symbol's key, or of `*`, the whole gateway.
 *
 * Example: `symbolLabels("BTC/USD@kraken")` is `{ symbol: "BTC/USD", venue: "kraken" }`, `symbolLabels("BTC-USD")` is
 * `{ symbol: "BTC-USD" }`.
 */
export function symbolLabels(key: string): { readonly symbol: string; readonly venue?: string } {
  const { symbol, venue } = splitKey(key);
  return venue === undefined ? { symbol } : { symbol, venue };
}
