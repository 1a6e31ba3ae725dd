// Made-up ticks for the trainer's tests: a random walk whose volatility changes every few minutes, one tick a second.
import { parseTick, isRejection, type Tick } from "../../src/features/tick.ts";

/** mulberry32: uniform in [0, 1). */
export function seededUniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const FROM_MS = Date.UTC(2025, 0, 1);

/** Ticks of `seconds` seconds from `FROM_MS` on; seconds for which `skip` is true have none. */
export function volatileTicks(
  seconds: number,
  options: { seed?: number; symbol?: string; skip?: (second: number) => boolean } = {},
): Tick[] {
  const uniform = seededUniform(options.seed ?? 1);
  const ticks: Tick[] = [];
  let price = 100;
  let sigma = 1e-4;
  for (let second = 0; second < seconds; second++) {
    if (second % 240 === 0) sigma = uniform() < 0.2 ? 4e-4 : 1e-4 * (0.5 + uniform());
    price *= 1 + sigma * (uniform() + uniform() + uniform() - 1.5);
    const bidSize = uniform();
    const askSize = uniform();
    if (options.skip?.(second) === true) continue;
    const raw = { symbol: options.symbol ?? "BTC-USD", ts: FROM_MS + second * 1000 + 500, price };
    const tick = parseTick({ ...raw, bid: price - 0.01, ask: price + 0.01, bidSize, askSize }, Infinity);
    if (isRejection(tick)) throw new Error(tick.reason);
    ticks.push(tick);
  }
  return ticks;
}
