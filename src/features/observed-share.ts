// The share of time in which a symbol is observed, on its own step and on coarser ones. For a symbol that is too sparse
// for its step it gives the smallest step that suffices.
import { gridConfig } from "./event-grid.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Candidate steps for a sparse symbol, ms. */
const STEP_CHOICES_MS = [1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 300_000, 900_000, 3_600_000] as const;

/** All sums are halved after this much event time, so that the share follows the last hours. */
const MEMORY_MS = 2 * 3_600_000;

/**
 * Share of event time in which the newest tick was at most A old, per candidate step, from the gaps between ticks
 * alone.
 *
 * Example: gaps of 25 s leave 10 s of every 25 observed at A = 10 s: `share(1000) === 0.4`.
 */
export class ObservedShare {
  /** The symbol's own step and the candidate steps, ms, ascending; and A of each. */
  private readonly stepsMs: readonly number[];
  private readonly maxAgesMs: readonly number[];
  private readonly unobservedMs: Float64Array;
  private totalMs = 0;

  constructor(stepMs = 1000) {
    this.stepsMs = [...new Set([stepMs, ...STEP_CHOICES_MS])].sort((a, b) => a - b);
    this.maxAgesMs = this.stepsMs.map((step) => gridConfig(step).maxAgeMs);
    this.unobservedMs = new Float64Array(this.stepsMs.length);
  }

  update(gapMs: number): void {
    this.totalMs += gapMs;
    for (let k = 0; k < this.maxAgesMs.length; k++) {
      const excess = gapMs - this.maxAgesMs[k]!;
      if (!(excess > 0)) break;
      this.unobservedMs[k]! += excess;
    }
    while (this.totalMs > MEMORY_MS) {
      this.totalMs /= 2;
      for (let k = 0; k < this.unobservedMs.length; k++) this.unobservedMs[k]! /= 2;
    }
  }

  /** Event time on which the share is based, ms. */
  get observedForMs(): number {
    return this.totalMs;
  }

  /**
   * The observed share in [0, 1] on the symbol's own step or one of `STEP_CHOICES_MS`; `NaN` before the second tick.
   * Throws `RangeError` for another step.
   */
  share(stepMs: number): number {
    const k = this.stepsMs.indexOf(stepMs);
    if (k < 0) throw new RangeError(`stepMs: got ${stepMs}, expected one of ${this.stepsMs.join(", ")}`);
    return this.totalMs > 0 ? 1 - this.unobservedMs[k]! / this.totalMs : NaN;
  }

  /** The smallest step, ms, on which at least half of the time is observed; `undefined` when none is. */
  smallestStepMs(): number | undefined {
    return this.stepsMs.find((step) => this.share(step) >= 0.5);
  }

  save(to: StateWriter): void {
    to.array(this.unobservedMs);
    to.number(this.totalMs);
  }

  load(from: StateReader): void {
    from.array(this.unobservedMs);
    this.totalMs = from.number();
  }
}
