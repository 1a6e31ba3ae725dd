// A further grid of a symbol that began with a history: it is fed the ticks of it that the default grid applied.
import { ClosedSteps } from "../../../features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";
import { applyHistory } from "../apply-history.ts";
import { appliedTicks } from "./applied-ticks.ts";

const ROUND_STEPS = 4096;

/** Applies to `features` what an engine of the configuration `own` applied of the history `rows`. */
export function applyWarmTicks(features: FeatureEngine, own: EngineConfig, rows: Float64Array): void {
  const judge = new FeatureEngine(own);
  const closed = new ClosedSteps(judge.labelSpecs.length, ROUND_STEPS, []);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  for (let next = 0; next < verdicts.length;) {
    closed.clear();
    ({ next } = judge.process(rows, closed, verdicts, next, ROUND_STEPS));
  }
  applyHistory(features, appliedTicks(rows, verdicts, undefined), false);
}
