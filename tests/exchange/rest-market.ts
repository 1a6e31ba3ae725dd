// A made-up market with a past: candles of one minute and trades, the same in every run.
import { linearCongruential } from "../features/linear-congruential.ts";

const MINUTE_MS = 60_000;
const MINUTES = 1_600;
/** Trades come about this often, ms. */
const TRADE_MS = 1_500;

export interface MarketCandle {
  readonly startMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly trades: number;
  readonly takerVolume: string;
}

export interface MarketTrade {
  /** Counted from 1 without a hole. */
  readonly id: number;
  readonly tsMs: number;
  readonly price: string;
  readonly size: string;
  /** Who took it. */
  readonly side: "buy" | "sell";
}

/** The last 1,600 minutes before `nowMs`, the newest of which is in progress, and some trades. */
export class RestMarket {
  readonly nowMs: number;
  /** Oldest first. */
  readonly candles: readonly MarketCandle[];
  readonly trades: readonly MarketTrade[];

  constructor(nowMs: number, { seed = 5, trades = 6_000 }: { seed?: number; trades?: number } = {}) {
    this.nowMs = nowMs;
    const next = linearCongruential(seed);
    const below = (n: number): number => (next() >>> 8) % n;
    this.candles = candlesUpTo(nowMs, below);
    this.trades = tradesUpTo(nowMs, trades, below);
  }
}

function candlesUpTo(nowMs: number, below: (n: number) => number): MarketCandle[] {
  const lastMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  let cents = 6_000_000;
  return Array.from({ length: MINUTES }, (_, k) => {
    const wild = (k >> 5) % 3 === 0 ? 9_000 : 2_000;
    const open = cents;
    cents += below(2 * wild + 1) - wild;
    const [low, high] = [Math.min(open, cents) - below(wild), Math.max(open, cents) + below(wild)];
    const volume = 1 + below(9_999);
    return {
      startMs: lastMs - (MINUTES - 1 - k) * MINUTE_MS,
      open: text(open),
      high: text(high),
      low: text(low),
      close: text(cents),
      volume: text(volume),
      quoteVolume: ((volume / 100) * ((low + high) / 200)).toFixed(4),
      trades: 1 + below(500),
      takerVolume: text(below(volume + 1)),
    };
  });
}

function tradesUpTo(nowMs: number, count: number, below: (n: number) => number): MarketTrade[] {
  let cents = 6_000_000;
  return Array.from({ length: count }, (_, k) => {
    cents += below(401) - 200;
    return {
      id: k + 1,
      tsMs: nowMs - (count - k) * TRADE_MS + below(TRADE_MS),
      price: text(cents),
      size: text(1 + below(300)),
      side: below(2) === 0 ? ("buy" as const) : ("sell" as const),
    };
  });
}

function text(cents: number): string {
  return (cents / 100).toFixed(2);
}
