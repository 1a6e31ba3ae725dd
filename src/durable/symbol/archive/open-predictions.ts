// The predictions of a symbol that are not cut into chunks yet: adds those of closed steps, and their labels one
// horizon later. In memory; prediction-log.ts stores it.
import { type ClosedSteps, FLAG } from "../../../features/closed-steps.ts";
import { LABEL } from "../../../features/label-window.ts";
import { LEVELS } from "../../../volatility/sigma-levels.ts";
import { PREDICTION_FLAG, PredictionRows } from "./prediction-rows.ts";
import type { ServedAnswers } from "./served-answers.ts";

/** Most rows; more can only come of one batch that closes that many steps. */
const MAX_ROWS = 65_536;
/** Rows that are dropped at once then, the oldest. */
const DROPPED_ROWS = 4096;

export class OpenPredictions {
  readonly rows: PredictionRows;
  /** Rows that were dropped for want of room since the last `takeDropped`. */
  private dropped = 0;
  /** Grid index of the newest step; −1 before the first. */
  private newest: number;
  /** Steps up to this one are in a chunk or archived: they may be replayed once more. */
  private readonly cutThrough: number;
  /** Rows before this position are settled. */
  private settled: number;

  constructor(rows = new PredictionRows(), newest = -1, cutThrough = -1) {
    this.rows = rows;
    this.cutThrough = cutThrough;
    this.newest = newest;
    const pending = rows.settledBy.subarray(0, rows.count).findIndex((step) => Number.isNaN(step));
    this.settled = pending < 0 ? rows.count : pending;
  }

  get lastStep(): number {
    return this.newest;
  }

  /** How many of the first rows change no more. */
  get settledRows(): number {
    return this.settled;
  }

  /** How many of the first rows were settled by a step that ended before `step` began. */
  settledBefore(step: number): number {
    let count = 0;
    while (count < this.settled && this.rows.settledBy[count]! < step) count += 1;
    return count;
  }

  /** Drops the first `count` rows, settled or not. */
  dropFirst(count: number): void {
    this.rows.dropFirst(count);
    this.settled = Math.max(0, this.settled - count);
  }

  /**
   * Adds closed steps: first the label that a step brings, then its own prediction.
   * @param answers `undefined` when it is not known what was answered: then the labels alone are taken.
   * @param columnOf position of a label spec among the steps' columns, by its text; −1 where they have none.
   */
  add(
    steps: ClosedSteps,
    horizonSteps: number,
    columnOf: (labelText: string) => number,
    answers: ServedAnswers | undefined,
  ): void {
    for (let k = 0; k < steps.count; k++) {
      const index = steps.index[k]!;
      if (index <= this.newest) continue;
      const flags = steps.flags[k]!;
      if ((flags & FLAG.segmentStart) !== 0 || index !== this.newest + 1) this.giveUp(index);
      this.settle(steps, k, index - horizonSteps, columnOf);
      this.newest = index;
      const score = answers?.scores[k] ?? NaN;
      if (answers === undefined || Number.isNaN(score) || index <= this.cutThrough) continue;
      const answered = answers.modelOf(k);
      if (answered === undefined) continue;
      const { model, column } = answered;
      const tau = steps.tau[k * steps.specCount + column] ?? NaN;
      const counted = steps.isEligible(k) ? PREDICTION_FLAG.counted : 0;
      const stale = (flags & FLAG.stale) !== 0 ? PREDICTION_FLAG.stale : 0;
      if (this.rows.count === MAX_ROWS) this.makeRoom();
      const sigmas = [answers.sigmaRatios[k]!, ...answers.sigmaQuantiles.subarray(k * LEVELS, (k + 1) * LEVELS)];
      this.rows.append({ index, score, raw: answers.raw[k]!, tau, flags: counted | stale, sigmas }, model);
    }
  }

  /** No label of the steps before `index` can come any more. */
  giveUp(index: number): void {
    this.rows.settledBy.fill(index, this.settled, this.rows.count);
    this.settled = this.rows.count;
  }

  /** Rows that were dropped for want of room since the last call. */
  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  /** Entry k of the steps brings the label of the step `labelled`. */
  private settle(steps: ClosedSteps, k: number, labelled: number, columnOf: (labelText: string) => number): void {
    const { rows } = this;
    while (this.settled < rows.count && rows.index[this.settled]! <= labelled) {
      const at = this.settled++;
      rows.settledBy[at] = steps.index[k]!;
      if (rows.index[at] !== labelled) continue;
      const column = columnOf(rows.modelOf(at).labelText);
      const label = column < 0 ? LABEL.none : steps.label[k * steps.specCount + column]!;
      rows.label[at] = label + 1;
    }
  }

  private makeRoom(): void {
    this.dropped += DROPPED_ROWS;
    this.dropFirst(DROPPED_ROWS);
  }
}
