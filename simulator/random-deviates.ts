// Seeded random numbers of other distributions than the uniform one, for the simulator, benchmarks and tests.
import { SeededRandom } from "../src/features/seeded-random.ts";

/**
 * They go through `Math.log`, `Math.sin` and `Math.cos`, so they are the same in one Node version, but not to the last
 * bit in another engine; that keeps them out of the pure folders.
 */
export class RandomDeviates extends SeededRandom {
  private spareNormal = NaN;

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const spare = this.spareNormal;
    if (!Number.isNaN(spare)) {
      this.spareNormal = NaN;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(this.uniform());
  }
}
