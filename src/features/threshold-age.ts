// How old a volatility may be that a threshold is made of.
import type { LabelSpec } from "./label-spec.ts";

const WEEK_MS = 7 * 86_400_000;
/** A session of 6.5 hours on five days of seven fills a fifth of the week. */
const WALL_TIME_PER_STEP = 6;

/**
 * Event time after which a value no longer counts for a spec's τ, ms: six times what its window takes on a market that
 * never closes, at least 7 days. So a window fills on every grid and in every session, and a market that comes back
 * after months begins anew.
 *
 * Example: 3,600 steps of 1 s: 7 days. 2,880 steps of 15 min: 180 days.
 */
export function thresholdMaxAgeMs({ windowSteps }: Pick<LabelSpec, "windowSteps">, stepMs: number): number {
  return Math.max(WEEK_MS, WALL_TIME_PER_STEP * windowSteps * stepMs);
}
