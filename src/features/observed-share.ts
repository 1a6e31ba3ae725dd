// The share of time in which a symbol is observed, on its own step and on coarser ones. For a symbol that is too sparse
// for its step it gives the smallest step that suffices.
import { gridConfig } from "./event-grid.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Candidate steps for a sparse symbol, ms. */
export const STEP_CHOICES_MS = [1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 300_000, 900_000, 3_600_000] as const;

/**
 * A step's sums are halved after two hours of event time, or 24 such steps if that is longer, so that its share follows
 * the last hours.
 */
const MEMORY_MS = 2 * 3_600_000;
const MEMORY_STEPS = 24;

/**
 * Share of event time in which the newest tick was at most A old, per candidate step, from the gaps between ticks
 * alone. A gap counts as at most 300 of the step, which is where a segment of that step ends, and at most the memory:
 * a weekend must not dominate for hours.
 *
 * Example: gaps of 25 s leave 10 s of every 25 observed at A = 10 s: `share(1000) === 0.4`.
 */
export class ObservedShare {
  /** The symbol's own step and the candidate steps, ms, ascending; and A of each. */
  private readonly stepsMs: readonly number[];
  private readonly maxAgesMs: readonly number[];
  private readonly longestMs: readonly number[];
  private readonly memoryMs: readonly number[];
  private readonly unobservedMs: Float64Array;
  private readonly totalMs: Float64Array;
  /** Time that is not yet in the totals, observed on every step: one addition for most ticks instead of eleven. */
  private pendingMs = 0;
  /** How much may be pending before some total exceeds its memory. */
  private roomMs: number;

  /** The symbol's own step among them. */
  private readonly own: number;

  /** @param memoryMs instead of two hours; `Infinity` for the share of all time so far. */
  constructor(stepMs = 1000, memoryMs = MEMORY_MS) {
    this.stepsMs = [...new Set([stepMs, ...STEP_CHOICES_MS])].sort((a, b) => a - b);
    this.own = this.stepsMs.indexOf(stepMs);
    this.maxAgesMs = this.stepsMs.map((step) => gridConfig(step).maxAgeMs);
    this.memoryMs = this.stepsMs.map((step) => Math.max(memoryMs, MEMORY_STEPS * step));
    this.longestMs = this.stepsMs.map((step, k) => Math.min(gridConfig(step).gapSteps * step, this.memoryMs[k]!));
    this.roomMs = memoryMs;
    this.unobservedMs = new Float64Array(this.stepsMs.length);
    this.totalMs = new Float64Array(this.stepsMs.length);
  }

  update(gapMs: number): void {
    if (gapMs <= this.maxAgesMs[0]!) {
      this.pendingMs += gapMs;
      if (this.pendingMs > this.roomMs) this.addGap(0);
    } else {
      this.addGap(gapMs);
    }
  }

  /** Event time on which the share of the symbol's own step is based, ms. */
  get observedForMs(): number {
    return this.totalMs[this.own]! + this.pendingMs;
  }

  /**
   * The observed share in [0, 1] on the symbol's own step or one of `STEP_CHOICES_MS`; `NaN` before the second tick.
   * Throws `RangeError` for another step.
   */
  share(stepMs: number): number {
    const k = this.stepsMs.indexOf(stepMs);
    if (k < 0) throw new RangeError(`stepMs: got ${stepMs}, expected one of ${this.stepsMs.join(", ")}`);
    const totalMs = this.totalMs[k]! + this.pendingMs;
    return totalMs > 0 ? 1 - this.unobservedMs[k]! / totalMs : NaN;
  }

  /** The smallest step, ms, on which at least a share of the time is observed; `undefined` when none is. */
  smallestStepMs(least = 0.5): number | undefined {
    return this.stepsMs.find((step) => this.share(step) >= least);
  }

  save(to: StateWriter): void {
    to.array(this.unobservedMs);
    to.array(this.totalMs);
    to.number(this.pendingMs);
  }

  load(from: StateReader): void {
    from.array(this.unobservedMs);
    if (from.version === 1) {
      this.totalMs.fill(from.number());
      this.pendingMs = 0;
    } else {
      from.array(this.totalMs);
      this.pendingMs = from.number();
    }
    this.measureRoom();
  }

  private addGap(gapMs: number): void {
    const { unobservedMs, totalMs, pendingMs } = this;
    this.pendingMs = 0;
    for (let k = 0; k < totalMs.length; k++) {
      const counted = Math.min(gapMs, this.longestMs[k]!);
      totalMs[k]! += pendingMs + counted;
      unobservedMs[k]! += Math.max(0, counted - this.maxAgesMs[k]!);
      while (totalMs[k]! > this.memoryMs[k]!) {
        totalMs[k]! /= 2;
        unobservedMs[k]! /= 2;
      }
    }
    this.measureRoom();
  }

  private measureRoom(): void {
    this.roomMs = this.memoryMs.reduce((least, memory, k) => Math.min(least, memory - this.totalMs[k]!), Infinity);
  }
}
