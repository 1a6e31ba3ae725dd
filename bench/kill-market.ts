// The ticks of the kill test and the times of its kills, both seeded.
import { SeededRandom } from "../src/features/seeded-random.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import type { Tick } from "../src/features/tick.ts";

/** Endless batches of a simulated market; each tick has an id of its own, so that no two are equal. */
export function* distinctBatches(symbol: string, seed: number, size: number): Generator<readonly Tick[], undefined> {
  const fromMs = Date.parse("2025-01-01T00:00:00Z");
  const market = simulateTicks({ seed, symbol, fromMs, toMs: Infinity });
  for (let id = 0; ;) {
    const batch: Tick[] = [];
    while (batch.length < size) batch.push({ ...market.next().value!, id: id++ });
    yield batch;
  }
}

/** Times from start to kill: uniform between two bounds, ms. */
export function lives(seed: number, leastMs: number, mostMs: number): () => number {
  const random = new SeededRandom(`lives ${seed}`);
  return () => leastMs + (mostMs - leastMs) * random.uniform();
}
