// Rows of one segment that wait for their label, the oldest first. Unlike the trainer's `PendingRows` it keeps every
// closed step, also those that nothing is learned from.
import type { ClosedSteps } from "../../src/features/closed-steps.ts";
import { ROWS, type RowName } from "../../src/features/schema.ts";
import type { FinishedRow } from "./finished-row.ts";
import type { WaitingState } from "./symbol-state.ts";

/** A ring with a place for each step of the horizon. */
export class WaitingRows {
  readonly horizonSteps: number;
  count = 0;
  private oldest = 0;
  private readonly row: RowName;
  private readonly columns: Int32Array;
  private readonly values: Float32Array;
  private readonly step: Float64Array;
  private readonly tau: Float64Array;
  private readonly usable: Uint8Array;

  constructor(horizonSteps: number, row: RowName) {
    this.horizonSteps = horizonSteps;
    this.row = row;
    this.columns = Int32Array.from(ROWS[row].keys());
    this.values = new Float32Array(horizonSteps * this.columns.length);
    this.step = new Float64Array(horizonSteps);
    this.tau = new Float64Array(horizonSteps);
    this.usable = new Uint8Array(horizonSteps);
  }

  get isFull(): boolean {
    return this.count === this.horizonSteps;
  }

  /** Grid index of the oldest row; undefined without any. */
  get oldestStep(): number {
    return this.step[this.oldest]!;
  }

  /** Adds entry k of the closed steps, under the first label spec. There must be room. */
  put(steps: ClosedSteps, k: number): void {
    const at = (this.oldest + this.count) % this.horizonSteps;
    this.count += 1;
    this.step[at] = steps.index[k]!;
    this.tau[at] = steps.tau[k * steps.specCount]!;
    this.usable[at] = steps.isTrainable(k, 0) ? 1 : 0;
    steps.row(this.row, k, 0, this.columns, this.values, at * this.columns.length);
  }

  /**
   * Takes the oldest row out: writes step, τ and features into `into`. Returns whether it may be learned from if its
   * label allows it.
   */
  take(into: FinishedRow): boolean {
    const at = this.oldest;
    const width = this.columns.length;
    into.step = this.step[at]!;
    into.tau = this.tau[at]!;
    into.values.set(this.values.subarray(at * width, (at + 1) * width));
    this.oldest = at + 1 === this.horizonSteps ? 0 : at + 1;
    this.count -= 1;
    return this.usable[at] === 1;
  }

  save(): WaitingState {
    const places = Array.from({ length: this.count }, (_, i) => (this.oldest + i) % this.horizonSteps);
    const width = this.columns.length;
    const values = new Float32Array(this.count * width);
    places.forEach((at, i) => values.set(this.values.subarray(at * width, (at + 1) * width), i * width));
    return {
      step: Float64Array.from(places, (at) => this.step[at]!),
      tau: Float64Array.from(places, (at) => this.tau[at]!),
      usable: Uint8Array.from(places, (at) => this.usable[at]!),
      values,
    };
  }

  /** Throws `RangeError` for rows of another width, and for more than a horizon of them. */
  load({ step, tau, usable, values }: WaitingState): void {
    const expected = step.length * this.columns.length;
    if (step.length > this.horizonSteps || values.length !== expected) {
      const got = `${step.length} rows of ${values.length} values`;
      throw new RangeError(`waiting: got ${got}, expected at most ${this.horizonSteps} rows of ${expected} values`);
    }
    this.oldest = 0;
    this.count = step.length;
    this.step.set(step);
    this.tau.set(tau);
    this.usable.set(usable);
    this.values.set(values);
  }
}
