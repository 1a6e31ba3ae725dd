// How much data there is, whatever lies between its parts.
import type { Dataset } from "./dataset.ts";

/** Hours of closed steps per symbol: time without ticks between segments does not count. */
export function hoursOfData({ tally, config, symbols }: Pick<Dataset, "tally" | "config" | "symbols">): number {
  return (tally.steps * config.grid.stepMs) / 3_600_000 / Math.max(1, symbols.length);
}

/** Example: "3.5 h", "57 h". */
export function hoursText(hours: number): string {
  return hours < 10 ? `${hours.toFixed(1)} h` : `${Math.round(hours)} h`;
}
