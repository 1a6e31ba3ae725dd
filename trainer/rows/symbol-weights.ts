// How much each row counts where symbols are weighed.
import type { Dataset } from "./dataset.ts";

/**
 * One weight per row. Under `equal` those of every symbol have the same sum, and the mean of all is 1: each is rows /
 * (symbols · rows of its symbol).
 *
 * Example: one row of a symbol and three of another weigh 2, ⅔, ⅔ and ⅔.
 * @returns `undefined` where all rows weigh 1: by rows, and with one symbol.
 */
export function symbolWeights({ rows, symbolWeights: choice }: Dataset, positions: Int32Array) {
  if (choice !== "equal") return undefined;
  const held = new Map<number, number>();
  for (const k of positions) held.set(rows.symbol[k]!, (held.get(rows.symbol[k]!) ?? 0) + 1);
  if (held.size < 2) return undefined;
  return Float64Array.from(positions, (k) => positions.length / (held.size * held.get(rows.symbol[k]!)!));
}
