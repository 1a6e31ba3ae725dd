// Recalibrates the scores of closed steps as a gateway does that serves what is proven: for who goes over steps again.
import { type ClosedSteps, FLAG } from "../features/closed-steps.ts";
import type { Recalibrations } from "./recalibrations.ts";

/** A model in use under label spec 0, and its own probabilities. */
export interface ScoredModel {
  readonly sha256: string;
  /** One per step; `NaN` without one. */
  readonly raw: Float32Array;
  /** The first step (grid index) whose label is learnt from; by default every label is. */
  readonly learnsFrom?: number;
}

/**
 * Learns from the labels that come with these steps, in order, and answers them. Returns what is served of each model,
 * one per step; `NaN` where the model has no probability or the step is not ready.
 */
export function recalibrateSteps(
  all: Recalibrations,
  steps: ClosedSteps,
  models: readonly ScoredModel[],
): readonly Float32Array[] {
  const { specCount } = steps;
  const tracks = models.map(({ sha256, raw, learnsFrom = -Infinity }) => {
    const one = all.of(sha256);
    if (one === undefined) throw new RangeError(`models: got ${sha256}, expected one that is recalibrated`);
    return { one, raw, learnsFrom, served: new Float32Array(steps.count).fill(NaN) };
  });
  for (let k = 0; k < steps.count; k++) {
    const index = steps.index[k]!;
    const segmentStart = (steps.flags[k]! & FLAG.segmentStart) !== 0;
    all.advance({ index, segmentStart, labels: steps.label.subarray(k * specCount, (k + 1) * specCount) });
    for (const { one, raw, learnsFrom, served } of tracks) {
      const own = raw[k]!;
      if (Number.isNaN(own) || !steps.ready(k, 0)) continue;
      const answer = one.answer(own, true);
      served[k] = answer.served;
      if (steps.isEligible(k) && index >= learnsFrom) one.park(index, own, answer);
    }
  }
  return tracks.map(({ served }) => served);
}
