// Exponentially weighted mean by half-life, normalized by the sum of the weights, so that a short history is unbiased.
import { decayOfHalfLife } from "./exact-math.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/**
 * Σ λ^j x_{t−j} / Σ λ^j with λ = ½^(1/halfLife), over the values given. A `NaN` is skipped and does not age the others.
 *
 * Example: half-life 1 after 4 then 1: (1 + ½·4) / (1 + ½) = 2.
 */
export class Ewma {
  readonly halfLife: number;
  private readonly decay: number;
  private weighted = 0;
  private weight = 0;
  private n = 0;

  /** @param halfLife in updates; throws `RangeError` unless finite and above 0. */
  constructor(halfLife: number) {
    this.halfLife = halfLife;
    this.decay = decayOfHalfLife(halfLife);
  }

  update(x: number): void {
    if (x !== x) return;
    this.weighted = this.decay * this.weighted + x;
    this.weight = this.decay * this.weight + 1;
    this.n += 1;
  }

  /** How many values were given since the last reset. */
  get count(): number {
    return this.n;
  }

  /** The weighted mean; `NaN` before the first value. */
  get value(): number {
    return this.n > 0 ? this.weighted / this.weight : NaN;
  }

  reset(): void {
    this.weighted = 0;
    this.weight = 0;
    this.n = 0;
  }

  save(to: StateWriter): void {
    to.number(this.weighted);
    to.number(this.weight);
    to.number(this.n);
  }

  load(from: StateReader): void {
    this.weighted = from.number();
    this.weight = from.number();
    this.n = from.number();
  }
}
