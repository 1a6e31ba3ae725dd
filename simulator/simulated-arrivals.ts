// When the simulated ticks come: a self-exciting (Hawkes) process, so that ticks come in bursts, more of them when the
// market is wild.
import type { RandomDeviates } from "./random-deviates.ts";

/** Ticks per second without excitation, at median volatility. */
const BASE_RATE = 1.1;
/** Each tick excites `BRANCHING` further ones on average, within about `1 / DECAY` seconds. */
const BRANCHING = 0.55;
const DECAY = 1.5;
const JUMP_EXCITATION = 12;
/** Longest wait without recomputing the rate, because the volatility changes meanwhile. */
const MAX_WAIT_S = 5;

/**
 * Intensity λ(t) = base · ratio^0.7 + excitation, where each tick adds branching · decay to the excitation and the
 * excitation decays exponentially: about 2.5 ticks a second at median volatility, 10 and more after a jump.
 */
export class SimulatedArrivals {
  private readonly random: RandomDeviates;
  private excitation = 0;

  constructor(random: RandomDeviates) {
    this.random = random;
  }

  /** Ticks a second right now. */
  rate(volatilityRatio: number): number {
    return baseRate(volatilityRatio) + this.excitation;
  }

  /**
   * Time to the next tick by Ogata's thinning: exact while the volatility is constant.
   * @returns the wait in ms, and whether a tick came at its end (not after the longest wait).
   */
  wait(volatilityRatio: number): { waitMs: number; ticked: boolean } {
    const base = baseRate(volatilityRatio);
    let waitS = 0;
    for (;;) {
      const bound = base + this.excitation;
      const stepS = this.random.exponential() / bound;
      if (waitS + stepS > MAX_WAIT_S) {
        this.excitation *= Math.exp(-DECAY * (MAX_WAIT_S - waitS));
        return { waitMs: MAX_WAIT_S * 1000, ticked: false };
      }
      waitS += stepS;
      this.excitation *= Math.exp(-DECAY * stepS);
      if (this.random.uniform() * bound <= base + this.excitation) break;
    }
    this.excitation += BRANCHING * DECAY;
    return { waitMs: waitS * 1000, ticked: true };
  }

  kick(): void {
    this.excitation += JUMP_EXCITATION;
  }
}

function baseRate(volatilityRatio: number): number {
  return BASE_RATE * Math.pow(volatilityRatio, 0.7);
}
