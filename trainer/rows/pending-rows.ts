// Rows that wait for their label: the last `horizonSteps` steps of one segment. The row of step i is resolved when step
// i + H closes and its label is known.
import type { ClosedSteps } from "../../src/features/closed-steps.ts";
import { DEFAULT_1, PEER_10, type RowName } from "../../src/features/schema.ts";

const ALL_COLUMNS: Readonly<Record<RowName, Int32Array>> = {
  "default-1": Int32Array.from(DEFAULT_1.keys()),
  "peer-10": Int32Array.from(PEER_10.keys()),
};

/** One slot per step of the horizon; `slot` says where the row that is due now lies. */
export class PendingRows {
  readonly horizonSteps: number;
  /** Float32 rows, [H × 33] and [H × 10]. */
  readonly values: Readonly<Record<RowName, Float32Array>>;
  /** Grid index, and τ as a fraction, per slot. */
  readonly index: Float64Array;
  readonly tau: Float64Array;
  /** 1 where the slot's row may be used if its label allows it. */
  readonly eligible: Uint8Array;
  private cursor = 0;

  constructor(horizonSteps: number) {
    this.horizonSteps = horizonSteps;
    this.values = {
      "default-1": new Float32Array(horizonSteps * DEFAULT_1.length),
      "peer-10": new Float32Array(horizonSteps * PEER_10.length),
    };
    this.index = new Float64Array(horizonSteps);
    this.tau = new Float64Array(horizonSteps);
    this.eligible = new Uint8Array(horizonSteps);
  }

  /** The slot that holds the row of the step H before, and that the next `put` overwrites. */
  get slot(): number {
    return this.cursor;
  }

  /** Takes entry k of the closed steps, under the first label spec, in place of the row that was due. */
  put(steps: ClosedSteps, k: number): void {
    const at = this.cursor;
    this.cursor = at + 1 === this.horizonSteps ? 0 : at + 1;
    this.index[at] = steps.index[k]!;
    this.tau[at] = steps.tau[k * steps.specCount]!;
    this.eligible[at] = steps.ready(k, 0) && steps.isEligible(k) ? 1 : 0;
    if (this.eligible[at] === 0) return;
    steps.row("default-1", k, 0, ALL_COLUMNS["default-1"], this.values["default-1"], at * DEFAULT_1.length);
    steps.row("peer-10", k, 0, ALL_COLUMNS["peer-10"], this.values["peer-10"], at * PEER_10.length);
  }

  /** Drops all waiting rows at a segment's start; returns how many eligible ones stay without a label. */
  reset(): number {
    const dropped = this.eligible.reduce((sum, x) => sum + x, 0);
    this.eligible.fill(0);
    this.cursor = 0;
    return dropped;
  }
}
