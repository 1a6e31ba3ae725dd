// Keeps the thresholds of the last horizon: when step i + H closes, the volatility of steps i+1 … i+H is compared with
// τ_i.
import type { StateReader, StateWriter } from "./state-buffer.ts";

export const LABEL = { none: -1, calm: 0, spike: 1, void: 2 } as const;
export type Label = (typeof LABEL)[keyof typeof LABEL];

/**
 * Resolves labels one horizon later, inside one segment.
 *
 * `update(τ_i, rv)` is called once per closed step i with that step's threshold and the volatility of the horizon that
 * ends at i; it returns the label of step i − H.
 */
export class LabelWindow {
  readonly horizonSteps: number;
  private readonly taus: Float64Array;
  private cursor = 0;
  private steps = 0;

  constructor(horizonSteps: number) {
    this.horizonSteps = horizonSteps;
    this.taus = new Float64Array(horizonSteps).fill(NaN);
  }

  /**
   * @param tau this step's threshold, `NaN` without one.
   * @param horizonVolatility volatility of the H steps that end here, `NaN` when less than 95 % of them exist.
   * @returns the label of the step H steps earlier: `none` when there was no such step in this segment, or no τ; `void`
   * when the horizon has too many holes; `spike` when its volatility is strictly greater than τ.
   */
  update(tau: number, horizonVolatility: number): Label {
    const slot = this.cursor;
    const waiting = this.taus[slot]!;
    this.taus[slot] = tau;
    this.cursor = slot + 1 === this.horizonSteps ? 0 : slot + 1;
    if (this.steps < this.horizonSteps) {
      this.steps += 1;
      return LABEL.none;
    }
    if (waiting !== waiting) return LABEL.none;
    if (horizonVolatility !== horizonVolatility) return LABEL.void;
    return horizonVolatility > waiting ? LABEL.spike : LABEL.calm;
  }

  reset(): void {
    this.taus.fill(NaN);
    this.cursor = 0;
    this.steps = 0;
  }

  save(to: StateWriter): void {
    to.array(this.taus);
    to.number(this.cursor);
    to.number(this.steps);
  }

  load(from: StateReader): void {
    from.array(this.taus);
    this.cursor = from.number();
    this.steps = from.number();
  }
}
