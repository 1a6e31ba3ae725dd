// How much each row counts where symbols are weighed.
import type { Dataset } from "./dataset.ts";

/** One weight per row (`equalWeights`); `undefined` where all weigh 1: by rows, and of one symbol. */
export function symbolWeights(data: Dataset, positions: Int32Array): Float64Array | undefined {
  return equalWeights(weighedSymbols(data, positions));
}

/** The number of each row's symbol where symbols are to count the same; `undefined` where rows are. */
export function weighedSymbols({ rows, symbolWeights: choice }: Dataset, positions: Int32Array) {
  return choice === "equal" ? Uint16Array.from(positions, (k) => rows.symbol[k]!) : undefined;
}

/**
 * One weight per row. Those of every symbol have the same sum, and the mean of all is 1: each is rows / (symbols · rows
 * of its symbol).
 *
 * Example: one row of a symbol and three of another weigh 2, ⅔, ⅔ and ⅔.
 * @param symbols number of each row's symbol; absent where every row counts the same.
 * @returns `undefined` where all rows weigh 1: without symbols, and of one symbol.
 */
export function equalWeights(symbols: Uint16Array | undefined): Float64Array | undefined {
  if (symbols === undefined) return undefined;
  const held = new Map<number, number>();
  for (const symbol of symbols) held.set(symbol, (held.get(symbol) ?? 0) + 1);
  if (held.size < 2) return undefined;
  return Float64Array.from(symbols, (symbol) => symbols.length / (held.size * held.get(symbol)!));
}
