// Stochastic volatility of the simulated market: the logarithm of σ is the sum of two mean-reverting processes, one for
// the hour and one for the minute, so that calm and wild phases cluster as they do in a real market.
import type { SeededRandom } from "./seeded-random.ts";

/** Median volatility of one second in bps: 4 bps over 60 s, some 30 % a year, as BTC has in quiet months. */
const MEDIAN_SIGMA_BPS = 4 / Math.sqrt(60);
const SLOW = { relaxationMs: 45 * 60_000, deviation: 0.4 };
const FAST = { relaxationMs: 100_000, deviation: 0.38 };
/** In standard deviations of the fast process; a jump adds `JUMP_KICK`. */
const FAST_LIMIT = 4;
const JUMP_KICK = 1.2;

/**
 * σ = median · exp(0.4·s + 0.38·f), where s and f are stationary Ornstein–Uhlenbeck processes of variance 1 and relaxation
 * times of 45 min and 100 s, advanced exactly over any time step. Two thirds of the time RV60 lies within 2 and 8 bps.
 */
export class SimulatedVolatility {
  private readonly random: SeededRandom;
  private slow: number;
  private fast: number;

  constructor(random: SeededRandom) {
    this.random = random;
    this.slow = random.normal();
    this.fast = random.normal();
  }

  /** Volatility of one second, in bps. */
  get sigmaBps(): number {
    return MEDIAN_SIGMA_BPS * this.ratio;
  }

  /** Volatility over its long-run median: 1 is usual, 3 is wild. */
  get ratio(): number {
    return Math.exp(SLOW.deviation * this.slow + FAST.deviation * this.fast);
  }

  advance(elapsedMs: number): void {
    this.slow = this.relaxed(this.slow, elapsedMs / SLOW.relaxationMs);
    this.fast = this.relaxed(this.fast, elapsedMs / FAST.relaxationMs);
  }

  /** A jump leaves the market nervous for minutes. */
  kick(): void {
    this.fast = Math.min(FAST_LIMIT, this.fast + JUMP_KICK);
  }

  private relaxed(value: number, relaxations: number): number {
    const kept = Math.exp(-relaxations);
    return value * kept + Math.sqrt(1 - kept * kept) * this.random.normal();
  }
}
