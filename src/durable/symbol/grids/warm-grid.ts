// A further grid of a symbol that began with a history: it is fed the ticks of it that the default grid applied, after
// those that it alone begins with, such as candles of its own step.
import { ClosedSteps } from "../../../features/closed-steps.ts";
import { type EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import { TICK_FIELDS } from "../../../features/packed-ticks.ts";
import { applyHistory } from "../apply-history.ts";
import type { ReplayedSteps } from "../replayed-steps.ts";
import { appliedTicks } from "./applied-ticks.ts";

const ROUND_STEPS = 4096;

/**
 * Applies to `features` what an engine of the configuration `own` applied of the history `rows`.
 * @param before ticks of the grid alone, in order of time; of `rows` then only what is newer than all of them counts.
 * @param steps is given the steps that they close.
 */
export function applyWarmTicks(
  features: FeatureEngine,
  own: EngineConfig,
  rows: Float64Array,
  before: Float64Array = new Float64Array(0),
  steps?: ReplayedSteps,
): void {
  const judge = new FeatureEngine(own);
  const closed = new ClosedSteps(judge.labelSpecs.length, ROUND_STEPS, []);
  const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
  for (let next = 0; next < verdicts.length;) {
    closed.clear();
    ({ next } = judge.process(rows, closed, verdicts, next, ROUND_STEPS));
  }
  applyHistory(features, before, false, steps);
  applyHistory(features, newerThan(appliedTicks(rows, verdicts, undefined), before.at(-TICK_FIELDS)), false, steps);
}

function newerThan(rows: Float64Array, lastMs: number | undefined): Float64Array {
  if (lastMs === undefined) return rows;
  const newer = new Float64Array(rows.length);
  let to = 0;
  for (let at = 0; at < rows.length; at += TICK_FIELDS) {
    if (rows[at]! <= lastMs) continue;
    newer.set(rows.subarray(at, at + TICK_FIELDS), to);
    to += TICK_FIELDS;
  }
  return newer.subarray(0, to);
}
