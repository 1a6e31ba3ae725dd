// Which rows Newton's method computes its Hessian on. It only says where to go; the gradient of all rows says where to
// stop.
import { stretchSample } from "../rows/stretch-sample.ts";

const SAMPLED = 50_000;
/** A good Hessian goes the whole way but for the first steps; a step this small says that it misleads. */
const LEAST_STEP = 1 / 8;
/** Near the minimum a good Hessian takes the slope to a fraction; so many steps may leave half of it. */
const SLOW_STEPS = 2;

/**
 * A sample of many rows, until steps show that it misleads, and then all of them: a sample can miss the few rows in
 * which a column differs from its mean, or have too many of them.
 */
export class HessianRows {
  private readonly count: number;
  private chosen: Int32Array;
  private slowSteps = 0;

  constructor(count: number) {
    this.count = count;
    this.chosen = stretchSample(count, SAMPLED);
  }

  get rows(): Int32Array {
    return this.chosen;
  }

  /** After a step of this share of the Newton step, between these gradients. */
  judge(step: number, before: Float64Array, after: Float64Array): void {
    if (largest(after) > largest(before) / 2) this.slowSteps += 1;
    if (step < LEAST_STEP || this.slowSteps === SLOW_STEPS) this.widen();
  }

  /** Takes all rows. Returns false when it had them already. */
  widen(): boolean {
    if (this.chosen.length === this.count) return false;
    this.chosen = Int32Array.from({ length: this.count }, (_, i) => i);
    return true;
  }
}

/** The largest slope in any direction. */
export function largest(gradient: Float64Array): number {
  return gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
}
