// The newest steps of many: of replayed batches, which need scores that slots do not have, and of a history for charts.
import { ClosedSteps } from "../../features/closed-steps.ts";
import { ROW_NAMES, type RowName } from "../../features/schema.ts";

/** Most steps of a replay kept for scoring, newest first: at 1 s those of 2 h. */
const MAX_REPLAYED_STEPS = 8192;
/** Steps above that, before the oldest are removed. */
const SPARE_REPLAYED_STEPS = 1024;

export class ReplayedSteps {
  private steps: ClosedSteps;

  /** @param specCount label specs of the engine that closes the steps. @param rows that each round has. */
  constructor(specCount: number, rows: readonly RowName[] = ROW_NAMES) {
    this.steps = new ClosedSteps(specCount, 1, rows);
  }

  get count(): number {
    return this.steps.count;
  }

  /** Adds the steps of a round. */
  add(round: ClosedSteps): void {
    this.steps.addAll(round);
    // Not at every round: what is left has to be moved.
    const extra = this.steps.count - MAX_REPLAYED_STEPS;
    if (extra > SPARE_REPLAYED_STEPS) this.steps.dropFirst(extra);
  }

  /** Call it after the last round: the steps stay until the first request, without the room that growing left. */
  finish(): void {
    const { steps } = this;
    steps.dropFirst(Math.max(0, steps.count - MAX_REPLAYED_STEPS));
    this.steps = new ClosedSteps(steps.specCount, Math.max(1, steps.count), steps.rows);
    this.steps.addAll(steps);
  }

  /** The steps, once. */
  take(): ClosedSteps {
    const { steps } = this;
    this.steps = new ClosedSteps(steps.specCount, 1, steps.rows);
    return steps;
  }
}
