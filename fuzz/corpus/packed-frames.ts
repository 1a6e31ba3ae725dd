// Packed frames that the project's own encoder wrote.
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { encodeTickFrame } from "../../src/markets/tick-frame.ts";

const MS = 1_764_547_200_000;

/** Ticks four a second. @param isWide whether they have what was traded. */
export function rowsOf(count: number, isWide: boolean): Float64Array {
  const rows = new Float64Array(count * TICK_FIELDS).fill(NaN);
  for (let i = 0; i < count; i++) {
    rows.set([MS + 250 * i, 100 + i, 99.5 + i, 100.5 + i, 1, 2, 0.25, i], i * TICK_FIELDS);
    if (isWide) rows.set([i % 2 === 0 ? 1 : -1, 4, 5, 500, 2], i * TICK_FIELDS + 8);
  }
  return rows;
}

export const FRAMES: readonly Uint8Array[] = [
  encodeTickFrame(7, [{ name: "BTC-USD", venue: "", rows: rowsOf(4, false) }]),
  encodeTickFrame(8, [{ name: "", venue: "kraken", rows: rowsOf(2, true) }]),
  encodeTickFrame(2 ** 40, [
    { name: "ETH/USD", venue: "coinbase", rows: rowsOf(1, true) },
    { name: "BTC-USD", venue: "", rows: rowsOf(3, false) },
    { name: "BTC-USD@kraken", venue: "", rows: rowsOf(0, false) },
  ]),
];
