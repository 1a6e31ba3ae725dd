// The top of the simulated order book: from a fair value to a bid and an ask on the 0.01 grid, sizes and a last trade.
import type { RandomDeviates } from "./random-deviates.ts";
import type { Tick } from "../src/features/tick.ts";

/** Relaxation times of the pressure and of the spread's widening after moves. */
const PRESSURE_RELAXATION_MS = 8_000;
const WIDTH_RELAXATION_MS = 6_000;
/** Share of ticks with the narrowest spread, one cent, while nothing happens (measured on Coinbase BTC-USD: 0.6). */
const NARROW_SHARE = 0.65;
/** Mean of a wider spread, in units of the volatility of one second (Coinbase BTC-USD: about 2 dollars at 90,000). */
const WIDE_SIGMAS = 0.25;
const MEDIAN_SIZE_DOLLARS = 2_500;

/** The market's input to the book at a tick. */
export interface BookUpdate {
  readonly symbol: string;
  readonly tsMs: number;
  readonly elapsedMs: number;
  /** Fair value in cents, not rounded. */
  readonly fairCents: number;
  /** Move of the fair value since the last tick, in standard deviations of one second. */
  readonly moveSigmas: number;
  /** Volatility of one second in bps, and over its median. */
  readonly sigmaBps: number;
  readonly volatilityRatio: number;
  /** `MarketDynamics.spreadReaction`. */
  readonly spreadReaction: number;
}

/**
 * Moves leave pressure behind: the imbalance of the sizes and the side of the trades follow it, and the spread widens
 * with volatility (as volatility to the power of the spread's reaction) and after large moves. The bid is at least one
 * cent, the ask at least one cent above it, and the last trade is at one of the two.
 */
export class SimulatedBook {
  private readonly random: RandomDeviates;
  private pressure = 0;
  private width = 0;

  constructor(random: RandomDeviates) {
    this.random = random;
  }

  tick(update: BookUpdate): Tick {
    const { random } = this;
    const { fairCents, sigmaBps } = update;
    const large = Math.max(0, Math.abs(update.moveSigmas) - 2);
    this.pressure = this.pressure * Math.exp(-update.elapsedMs / PRESSURE_RELAXATION_MS) + update.moveSigmas;
    this.width = this.width * Math.exp(-update.elapsedMs / WIDTH_RELAXATION_MS) + large;
    const { volatilityRatio, spreadReaction } = update;
    const sigmaCents = ((fairCents * sigmaBps) / 10_000) * Math.pow(volatilityRatio, spreadReaction - 1);
    const spreadCents = this.spreadCents(sigmaCents, spreadReaction * this.width);
    const bidCents = Math.max(1, Math.round(fairCents - spreadCents / 2));
    const askCents = bidCents + spreadCents;
    const lean = Math.tanh(0.35 * this.pressure);
    const bought = random.uniform() < 0.5 + 0.35 * lean;
    const unit = (MEDIAN_SIZE_DOLLARS * 100) / fairCents;
    return {
      symbol: update.symbol,
      tsMs: update.tsMs,
      price: (bought ? askCents : bidCents) / 100,
      bid: bidCents / 100,
      ask: askCents / 100,
      bidSize: roundedSize(unit * Math.exp(0.9 * lean + 1.1 * random.normal())),
      askSize: roundedSize(unit * Math.exp(-0.9 * lean + 1.1 * random.normal())),
      size: roundedSize(0.2 * unit * Math.exp(1.6 * random.normal() + 0.15 * Math.abs(update.moveSigmas))),
      id: NaN,
    };
  }

  private spreadCents(sigmaCents: number, width: number): number {
    const narrow = NARROW_SHARE * Math.exp(-0.6 * width);
    if (this.random.uniform() < narrow) return 1;
    return 1 + Math.round(WIDE_SIGMAS * (1 + 0.4 * width) * sigmaCents * this.random.exponential());
  }
}

/** To 8 decimals, as exchanges send sizes, and never 0. Large moves make large `Math.exp`, so it is capped. */
function roundedSize(size: number): number {
  return Math.max(1e-8, Math.round(Math.min(size, 1e7) * 1e8) / 1e8);
}
