// Rows that wait for their label: the last `horizonSteps` steps of one segment. The row of step i is resolved when step
// i + H closes and its label is known.
import type { ClosedSteps } from "../../src/features/closed-steps.ts";
import { ALL_COLUMNS, type RowName, ROWS } from "../../src/features/schema.ts";
import { valuesOfRows } from "./values-of-rows.ts";

/** One slot per step of the horizon; `slot` says where the row that is due now lies. */
export class PendingRows {
  readonly horizonSteps: number;
  /** Float32 rows, [H × columns]. */
  readonly values: Readonly<Record<RowName, Float32Array>>;
  /** Grid index, and τ as a fraction, per slot. */
  readonly index: Float64Array;
  readonly tau: Float64Array;
  /** 1 where the slot's row may be used if its label allows it. */
  readonly eligible: Uint8Array;
  private readonly rows: readonly RowName[];
  private cursor = 0;

  /** @param rows the rows to keep. */
  constructor(horizonSteps: number, rows: readonly RowName[]) {
    this.horizonSteps = horizonSteps;
    this.rows = rows;
    this.values = valuesOfRows(rows, horizonSteps);
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
    this.eligible[at] = steps.isTrainable(k, 0) ? 1 : 0;
    if (this.eligible[at] === 0) return;
    for (const row of this.rows) steps.row(row, k, 0, ALL_COLUMNS[row], this.values[row], at * ROWS[row].length);
  }

  /** Drops all waiting rows at a segment's start; returns how many eligible ones stay without a label. */
  reset(): number {
    const dropped = this.eligible.reduce((sum, x) => sum + x, 0);
    this.eligible.fill(0);
    this.cursor = 0;
    return dropped;
  }
}
