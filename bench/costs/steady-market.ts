// A market with the same number of ticks in every second.
import type { Tick } from "../../src/features/tick.ts";
import { simulateTicks } from "../../simulator/simulator.ts";

/** Endless simulated prices, at times that are evenly apart. */
export function* steadyMarket(
  symbol: string,
  rate: number,
  fromMs = Date.parse("2025-01-01T00:00:00Z"),
): Generator<Tick, undefined> {
  const market = simulateTicks({ seed: 5, symbol, fromMs, toMs: Infinity });
  for (let i = 0; ; i++) yield { ...market.next().value!, tsMs: fromMs + Math.floor((i * 1000) / rate), id: i };
}

/** One batch for each second. */
export function* perSecond(market: Iterator<Tick, undefined>, hours: number, rate: number): Generator<Tick[]> {
  for (let second = 0; second < hours * 3600; second++) {
    yield Array.from({ length: rate }, () => market.next().value!);
  }
}
