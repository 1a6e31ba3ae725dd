// How much event time a rebuild needs.
import type { EngineConfig, FeatureEngine } from "../../../features/feature-engine.ts";
import { LONGEST_WINDOW_HORIZONS } from "../../../features/default-2.ts";
import { LONGEST_FEATURE_STEPS } from "../../../features/schema.ts";
import { thresholdMaxAgeMs } from "../../../features/threshold-age.ts";

/** Steps that do not exist fill no window: some room for them. */
const LEAST_MS = 2 * 3_600_000;

/**
 * Event time after which every window of a symbol is full again on a market that never closes, in ms: the label's
 * window, whose first value needs a horizon, after the longest feature that is a sum. EWMAs, and highs and lows of 60
 * horizons, reach further back. At least 2 h. The label's part needs no limit: it is below `thresholdMaxAgeMs`.
 *
 * Example: a horizon of 1,440 steps of 60 s, a window of 1,440: 17 days, of which the features need 15.
 */
export function longestWindowMs({ grid, label }: EngineConfig): number {
  const featureSteps = Math.max(LONGEST_FEATURE_STEPS, LONGEST_WINDOW_HORIZONS * label.horizonSteps);
  const steps = label.windowSteps + label.horizonSteps + featureSteps;
  return Math.max(steps * grid.stepMs, LEAST_MS);
}

/**
 * Event time that can count at most, in ms: a market with sessions has fewer values in it than steps would fit, and its
 * label's window reaches back until the values are too old.
 */
export function longestHistoryMs(config: EngineConfig): number {
  const { grid, label } = config;
  const labelMs = thresholdMaxAgeMs(label, grid.stepMs) + label.horizonSteps * grid.stepMs;
  return Math.max(labelMs, longestWindowMs(config));
}

/** Whether a state of the ticks from `firstMs` on has every window full, or no older tick would count. */
export function isWholeFrom(firstMs: number, { config, ringExtent, watermarkMs }: FeatureEngine): boolean {
  const reachMs = watermarkMs - firstMs;
  const isFull = ringExtent.values >= config.label.windowSteps;
  return reachMs >= longestHistoryMs(config) || (isFull && reachMs >= longestWindowMs(config));
}
