// The stretches of a stated walk-forward as a function of time alone, so that each symbol and day can tell its own
// folds.
import { PURGE_STEPS } from "../folds/split.ts";

export interface WalkForwardStretches {
  /** Where the first test stretch begins, and the length of each, ms. */
  readonly testFromMs: number;
  readonly foldLengthMs: number;
}

/**
 * Fold k is tested on one stretch, from `testFromMs + k · foldLengthMs` on, and trained on what ends, label included,
 * more than 300 steps before: `purgedSplit`.
 *
 * Example at steps of 1 s with a horizon of 60, from 12:00 on in hours: 11:53:59 is in fold −1 and may be trained on in
 * fold 0, 11:54:00 must not; 12:55:00 is a test row of fold 0 that is left out of the training of fold 1.
 */
export class FoldGrid {
  readonly purgeMs: number;
  private readonly stretches: WalkForwardStretches | undefined;

  /** Without stretches there are no folds. */
  constructor(stretches: WalkForwardStretches | undefined, horizonSteps: number, stepMs: number) {
    this.stretches = stretches;
    this.purgeMs = (horizonSteps + PURGE_STEPS) * stepMs;
  }

  /** The test stretch of a time; −1 before the first, and without folds. */
  fold(timeMs: number): number {
    return this.stretches === undefined ? -1 : Math.max(-1, this.lastStartedBy(timeMs));
  }

  /** The largest fold that begins after the time and must not be trained on it; −1 without any. */
  purge(timeMs: number): number {
    if (this.stretches === undefined) return -1;
    const last = this.lastStartedBy(timeMs + this.purgeMs);
    return last > this.fold(timeMs) ? last : -1;
  }

  /** The walk-forward as one text for the files' metadata. */
  get text(): string {
    const { stretches, purgeMs } = this;
    if (stretches === undefined) return "none";
    const testFrom = new Date(stretches.testFromMs).toISOString();
    return JSON.stringify({ test_from: testFrom, fold_length_ms: stretches.foldLengthMs, purge_ms: purgeMs });
  }

  private lastStartedBy(timeMs: number): number {
    const { testFromMs = 0, foldLengthMs = 1 } = this.stretches ?? {};
    return Math.max(-1, Math.floor((timeMs - testFromMs) / foldLengthMs));
  }
}
