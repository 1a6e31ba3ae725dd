// Simulated bars of one minute: volatility that comes in clusters, so that a model has something to predict.
import { SeededRandom } from "../../src/features/seeded-random.ts";
import type { Message } from "./market.ts";

/** A whole minute, the origin. */
const BARS_FROM_MS = Date.UTC(2025, 10, 3);
const MINUTE_MS = 60_000;
/** Open, the two extremes and close, as a feed of bars sends them. */
export const TICKS_PER_BAR = 4;

/** Ticks of `minutes` bars: the logarithm of volatility returns to its mean with a half-life of some 20 minutes. */
export function minuteBars(symbol: string, minutes: number, seed = 7): Message[] {
  const random = new SeededRandom(seed);
  const gaussian = (): number => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += random.uniform();
    return sum;
  };
  let [price, logVolatility] = [60_000, 0];
  const messages: Message[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    logVolatility = 0.966 * logVolatility + 0.2 * gaussian();
    const scale = 4e-4 * Math.exp(logVolatility);
    for (let part = 0; part < TICKS_PER_BAR; part++) {
      price *= 1 + (scale / 2) * gaussian();
      const ts = BARS_FROM_MS + minute * MINUTE_MS + part * 15_000 + 100;
      messages.push({ symbol, ts, price: Math.round(price * 100) / 100 });
    }
  }
  return messages;
}
