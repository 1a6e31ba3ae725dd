// A market in which doubted ticks decide doubts.
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { START_MS, type StreamTick } from "./tick-stream.ts";

/** A market with wild prices, early ticks, ticks out of order, times far ahead and pauses. */
export function wildStream(seed: string, count: number): StreamTick[] {
  const random = new SeededRandom(seed);
  const chance = (p: number): boolean => random.uniform() < p;
  let ts = START_MS;
  return Array.from({ length: count }, () => {
    ts += Math.floor(random.uniform() * 1500) + (chance(0.02) ? 400_000 : 0);
    const aheadMs = chance(0.05) ? 4900 : chance(0.02) ? 500_000 : chance(0.05) ? -900 : 0;
    // Now and then some wild ones in a row: one decides a doubt about another and is refused itself.
    const exponent = chance(0.3) ? Math.floor(random.uniform() * 6) - 3 : 0;
    return { ts: ts + aheadMs, price: 100 * 4 ** exponent * (1 + 0.0001 * random.uniform()) };
  });
}
