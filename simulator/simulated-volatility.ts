// Stochastic volatility of the simulated market: the logarithm of σ is the sum of two mean-reverting processes, one for
// the hour and one for the minute, so that calm and wild phases cluster as they do in a real market.
import type { RandomDeviates } from "./random-deviates.ts";
import { type MarketDynamics, USUAL_DYNAMICS } from "./simulated-dynamics.ts";

/** In standard deviations of the fast process; a jump adds `JUMP_KICK`. */
const FAST_LIMIT = 4;
const JUMP_KICK = 1.2;

/**
 * σ = median · exp(a·s + b·f), where s and f are stationary Ornstein–Uhlenbeck processes of variance 1, advanced
 * exactly over any time step. With the usual dynamics a is 0.4, b 0.38, the relaxation times are 45 min and 100 s, and
 * two thirds of the time RV60 lies within 2 and 8 bps.
 */
export class SimulatedVolatility {
  private readonly random: RandomDeviates;
  private dynamics: MarketDynamics;
  private slow: number;
  private fast: number;

  constructor(random: RandomDeviates, dynamics: MarketDynamics = USUAL_DYNAMICS) {
    this.random = random;
    this.dynamics = dynamics;
    this.slow = random.normal();
    this.fast = random.normal();
  }

  /** Volatility of one second, in bps. */
  get sigmaBps(): number {
    return this.dynamics.medianSigmaBps * this.ratio;
  }

  /** Volatility over its long-run median: 1 is usual, 3 is wild. */
  get ratio(): number {
    return Math.exp(this.dynamics.slowDeviation * this.slow + this.dynamics.fastDeviation * this.fast);
  }

  /** Sets the dynamics from now on; s and f keep their values. */
  change(dynamics: MarketDynamics): void {
    this.dynamics = dynamics;
  }

  advance(elapsedMs: number): void {
    this.slow = this.relaxed(this.slow, elapsedMs / this.dynamics.slowRelaxationMs);
    this.fast = this.relaxed(this.fast, elapsedMs / this.dynamics.fastRelaxationMs);
  }

  /** Raises volatility for minutes, as after a jump. */
  kick(): void {
    this.fast = Math.min(FAST_LIMIT, this.fast + JUMP_KICK);
  }

  private relaxed(value: number, relaxations: number): number {
    const kept = Math.exp(-relaxations);
    return value * kept + Math.sqrt(1 - kept * kept) * this.random.normal();
  }
}
