// Applies a symbol's history to its feature engine, without scores: what is in it is not live.
import { ClosedSteps } from "../../features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import { ReplayedSteps } from "./replayed-steps.ts";

/** Steps that are kept at a time. */
const STEPS_AT_ONCE = 4096;

/**
 * Applies packed ticks in the order given.
 * @param areJudged whether a gateway accepted them before, see `EventGrid`.
 * @param steps is given the steps that they close: `stepsOf`.
 */
export function applyHistory(
  features: FeatureEngine,
  rows: Float64Array,
  areJudged: boolean,
  steps?: ReplayedSteps,
): void {
  const closed = new ClosedSteps(features.labelSpecs.length, STEPS_AT_ONCE, []);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  features.areJudged = areJudged;
  for (let next = 0; next < verdicts.length;) {
    closed.clear();
    ({ next } = features.process(rows, closed, verdicts, next, STEPS_AT_ONCE));
    steps?.add(closed);
  }
  features.areJudged = false;
}

/** Takes the steps of a history for charts: the newest of them, without their rows. */
export function stepsOf({ labelSpecs }: FeatureEngine): ReplayedSteps {
  return new ReplayedSteps(labelSpecs.length, []);
}

/**
 * A new engine after ticks that no gateway has judged. A last tick that waits for the next one to agree with it is left
 * out: what decides on it would come live.
 */
export function engineAfter(config: EngineConfig, rows: Float64Array, steps?: ReplayedSteps): FeatureEngine {
  const features = new FeatureEngine(config);
  applyHistory(features, rows, false, steps);
  if (features.holding) features.dropHeld();
  return features;
}
