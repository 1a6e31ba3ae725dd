// Checks that the gateway served what the trainer will compute: applies the archived ticks to a separate engine and
// compares each closed step with the hash of the served step, over the rows that were kept of it.
import { ClosedSteps } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";
import { hashStep, rowsOf, type StepHashes } from "./archive-hashes.ts";

export interface ParityOutcome {
  /** Steps that were compared. */
  readonly steps: number;
  /** Compared steps that differ or that only one side has. */
  readonly mismatches: number;
  /** Grid index of the first of them; −1 without one. */
  readonly firstMismatch: number;
  /** Steps before this grid index have been compared. */
  readonly comparedBefore: number;
}

const STEPS_AT_ONCE = 256;
const SEGMENT_START = 1;

/**
 * Applies archived ticks to an engine in its state before them, and compares every closed step with the served one.
 *
 * One kind of step may be missing: a segment of a single step whose only tick was held and then confirmed by a tick
 * that was itself late. Late ticks are not archived, so the trainer sees no confirmation when a gap follows.
 * @param rows accepted ticks sorted by time.
 */
export function compareSteps(engine: FeatureEngine, rows: Float64Array, served: StepHashes): ParityOutcome {
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  const kept = rowsOf(served.rows.subarray(0, served.count).reduce((all, rows) => all | rows, 0));
  const closed = new ClosedSteps(engine.labelSpecs.length, STEPS_AT_ONCE, kept);
  let steps = 0;
  let mismatches = 0;
  let firstMismatch = -1;
  let at = 0;
  const judge = (index: number, equal: boolean): void => {
    steps += 1;
    if (equal) return;
    if (mismatches === 0) firstMismatch = index;
    mismatches += 1;
  };
  const missBefore = (index: number): void => {
    for (; at < served.count && served.index[at]! < index; at++) {
      if (!isLone(served, at)) judge(served.index[at]!, false);
    }
  };
  engine.areJudged = true;
  for (let next = 0; next < verdicts.length;) {
    closed.clear();
    ({ next } = engine.process(rows, closed, verdicts, next, STEPS_AT_ONCE));
    for (let k = 0; k < closed.count; k++) {
      const index = closed.index[k]!;
      missBefore(index);
      const found = at < served.count && served.index[at] === index;
      judge(index, found && served.hash[at] === hashStep(closed, k, served.rows[at]!));
      if (found) at += 1;
    }
  }
  engine.areJudged = false;
  const comparedBefore = openStep(engine);
  missBefore(comparedBefore);
  return { steps, mismatches, firstMismatch, comparedBefore };
}

/** Grid index of an engine's open step; every closed step has a lower index. 0 before the first tick. */
export function openStep(engine: FeatureEngine): number {
  return Math.floor(engine.watermarkMs / engine.config.grid.stepMs) || 0;
}

function isLone(served: StepHashes, at: number): boolean {
  const begins = (k: number): boolean => (served.hash[k]! & SEGMENT_START) !== 0;
  return begins(at) && (at + 1 >= served.count || begins(at + 1));
}
