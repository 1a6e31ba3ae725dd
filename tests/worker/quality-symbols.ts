// Symbols with enough history for every figure, for the tests of quality answers.
import { ingest, stubOf } from "./gateway.ts";
import { market } from "./market.ts";
import type { AliasFigures } from "../../src/durable/symbol/evaluation/symbol-figures.ts";

/** Long enough for three blocks of 900 resolved steps after warming up, and for a closed hour. */
const LONG_TICKS = 4200;

export async function feedLong(symbol: string, seed: number): Promise<void> {
  const all = market(symbol, LONG_TICKS, { seed });
  for (let from = 0; from < all.length; from += 700) await ingest(all.slice(from, from + 700));
}

/** The figures of a symbol's aliases over a day, with their counts; the champion's first. */
export async function figuresOf(symbol: string): Promise<readonly AliasFigures[]> {
  return (await stubOf(symbol).figures(["24h"], true))!.aliases;
}
