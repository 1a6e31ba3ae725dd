// Ticks for the Worker's tests as JSON messages, from a 32-bit linear congruential generator: the same in every run.
import { linearCongruential } from "../features/linear-congruential.ts";

/** A whole minute in the past, the origin of every stream. */
export const START_MS = Date.UTC(2025, 10, 3, 12, 0, 0);

export interface Message {
  readonly symbol: string;
  readonly ts: number;
  readonly price: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly bidSize?: number;
  readonly askSize?: number;
}

/** `next(n)` is a whole number in [0, n). */
export function integers(seed: number): (n: number) => number {
  const next = linearCongruential(seed * 2654435761);
  return (n) => (next() >>> 8) % n;
}

/** `count` ticks of a random walk with calm and wild stretches, one every `everyMs`, from `fromMs` on. */
export function market(
  symbol: string,
  count: number,
  options: { seed?: number; fromMs?: number; everyMs?: number } = {},
): Message[] {
  const { seed = 1, fromMs = START_MS, everyMs = 1000 } = options;
  const below = integers(seed);
  let cents = 6_000_000;
  return Array.from({ length: count }, (_, i) => {
    const wild = (i >> 7) % 4 === 3 ? 900 : 150;
    cents += below(2 * wild + 1) - wild;
    const half = 5 + below(40);
    return {
      symbol,
      ts: fromMs + i * everyMs + 137,
      price: cents / 100,
      bid: (cents - half) / 100,
      ask: (cents + half) / 100,
      bidSize: 1 + below(400),
      askSize: 1 + below(400),
    };
  });
}

/** One plain tick, `second` seconds after the origin. */
export function tick(symbol: string, second: number, price = 100): Message {
  return { symbol, ts: START_MS + second * 1000, price };
}

/** Enough seconds for a threshold (900 values) over returns of a minute, with some to spare. */
export const WARM_TICKS = 1200;

/**
 * A rough stream of `count` ticks: mostly one every 0.2 – 1.8 s, and among them repeats, late ticks, holes, gaps that
 * the next tick confirms, and outliers that it does not.
 */
export function roughMarket(symbol: string, count: number, seed: number): Message[] {
  const below = integers(seed);
  const smooth = market(symbol, count, { seed });
  const ticks: Message[] = [];
  let ts = START_MS;
  let outlierWaits = false;
  for (const message of smooth) {
    const kind = below(200);
    if (kind < 6 && ticks.length > 0) ticks.push(ticks.at(-1)!);
    else if (kind < 12) ticks.push({ ...message, ts: ts - 1000 - below(20_000) });
    else if (kind < 14) {
      // A second one, later still, would confirm the first.
      if (!outlierWaits) ticks.push({ ...message, ts: ts + 400_000 + below(9_000_000) });
      outlierWaits = true;
    } else {
      outlierWaits = false;
      ts += kind === 14 ? 320_000 : kind < 17 ? 12_000 + below(20_000) : 200 + below(1600);
      const { bid, ask, ...bare } = message;
      ticks.push(kind % 9 === 0 ? { ...bare, ts } : { ...bare, bid: bid!, ask: ask!, ts });
    }
  }
  return ticks;
}

/** The list in pieces of 1 to `most`. */
export function pieces<T>(list: readonly T[], most: number, seed: number): T[][] {
  const below = integers(seed);
  const out: T[][] = [];
  for (let at = 0; at < list.length;) {
    const n = 1 + below(most);
    out.push(list.slice(at, at + n));
    at += n;
  }
  return out;
}
