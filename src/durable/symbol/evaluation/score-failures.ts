// The share of ready steps for which the champion gave no score, over the last hour of steps: the error budget.

/** The hour is counted in quarters, so that old failures expire. */
const QUARTERS = 4;

/** Counts since the object was loaded; a restart resets them to 0. */
export class ScoreFailures {
  private readonly quarterSteps: number;
  private readonly ready = new Float64Array(QUARTERS);
  private readonly failed = new Float64Array(QUARTERS);
  private quarter = -1;

  /** @param stepMs length of a step in ms. */
  constructor(stepMs: number) {
    this.quarterSteps = Math.max(1, Math.round(900_000 / stepMs));
  }

  /** @param failed whether the ready step at `index` has no score. */
  update(index: number, failed: boolean): void {
    const quarter = Math.floor(index / this.quarterSteps);
    if (quarter !== this.quarter) {
      for (let q = Math.max(this.quarter + 1, quarter - QUARTERS + 1); q <= quarter; q++) {
        this.ready[q % QUARTERS] = 0;
        this.failed[q % QUARTERS] = 0;
      }
      this.quarter = quarter;
    }
    this.ready[quarter % QUARTERS]! += 1;
    if (failed) this.failed[quarter % QUARTERS]! += 1;
  }

  /** Failed share and number of the ready steps of about the last hour; `null` before the first. */
  get value(): { readonly share: number; readonly steps: number } | null {
    const steps = this.ready.reduce((sum, n) => sum + n, 0);
    return steps === 0 ? null : { share: this.failed.reduce((sum, n) => sum + n, 0) / steps, steps };
  }
}
