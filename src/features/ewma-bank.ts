// Exponentially weighted means of one series at several half-lives: as many `Ewma`s, with one count.
import { decayOfHalfLife } from "./exact-math.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/**
 * Σ λ^j x_{t−j} / Σ λ^j for each λ = ½^(1/halfLife). A `NaN` is skipped and does not age the others.
 *
 * Example: half-lives [1, 2] after 4 then 1: `value(0)` = (1 + ½·4) / (1 + ½) = 2.
 */
export class EwmaBank {
  readonly halfLives: readonly number[];
  private readonly decays: Float64Array;
  private readonly weighted: Float64Array;
  private readonly weights: Float64Array;
  private n = 0;

  /** @param halfLives in updates; throws `RangeError` unless each is finite and above 0. */
  constructor(halfLives: readonly number[]) {
    this.halfLives = halfLives;
    this.decays = Float64Array.from(halfLives, decayOfHalfLife);
    this.weighted = new Float64Array(halfLives.length);
    this.weights = new Float64Array(halfLives.length);
  }

  update(x: number): void {
    if (x !== x) return;
    const { decays, weighted, weights } = this;
    for (let k = 0; k < decays.length; k++) {
      const decay = decays[k]!;
      weighted[k] = decay * weighted[k]! + x;
      weights[k] = decay * weights[k]! + 1;
    }
    this.n += 1;
  }

  /** How many values were given since the last reset. */
  get count(): number {
    return this.n;
  }

  /** The mean at half-life `k`, or `NaN` when fewer than `minCount` values, at least 1, were given. */
  value(k: number, minCount: number): number {
    return this.n >= minCount ? this.weighted[k]! / this.weights[k]! : NaN;
  }

  reset(): void {
    this.weighted.fill(0);
    this.weights.fill(0);
    this.n = 0;
  }

  save(to: StateWriter): void {
    to.array(this.weighted);
    to.array(this.weights);
    to.number(this.n);
  }

  load(from: StateReader): void {
    from.array(this.weighted);
    from.array(this.weights);
    this.n = from.number();
  }
}
