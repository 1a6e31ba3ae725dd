// How much event time a rebuild needs.
import type { EngineConfig } from "../../../features/feature-engine.ts";
import { LONGEST_WINDOW_HORIZONS } from "../../../features/default-2.ts";
import { LONGEST_FEATURE_STEPS } from "../../../features/schema.ts";
import { thresholdMaxAgeMs } from "../../../features/threshold-age.ts";

/** Steps that do not exist fill no window: some room for them. */
const LEAST_MS = 2 * 3_600_000;

/**
 * Event time after which every window of a symbol is full again, in ms: the label's window, whose first value needs a
 * horizon, after the longest feature that is a sum. EWMAs, and highs and lows of 60 horizons, reach further back. At
 * least 2 h, at most the age after which values no longer count.
 */
export function longestWindowMs({ grid, label }: EngineConfig): number {
  const featureSteps = Math.max(LONGEST_FEATURE_STEPS, LONGEST_WINDOW_HORIZONS * label.horizonSteps);
  const steps = label.windowSteps + label.horizonSteps + featureSteps;
  return Math.min(Math.max(steps * grid.stepMs, LEAST_MS), thresholdMaxAgeMs(label, grid.stepMs));
}
