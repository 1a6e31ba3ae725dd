// Makes the threshold of a label spec.
import type { LabelSpec } from "./label-spec.ts";
import type { Threshold } from "./threshold.ts";
import { TimeOfDayThreshold } from "./time-of-day-threshold.ts";
import { TrailingThreshold } from "./trailing-threshold.ts";
import type { VolatilityRing } from "./volatility-ring.ts";

/**
 * The threshold of a spec, filled from the ring at once.
 * @param at the grid's step, ε of the horizon, and the end of the newest step, `NaN` before the first.
 * @throws RangeError when the spec's window does not fit the ring.
 */
export function thresholdOf(
  spec: LabelSpec,
  ring: VolatilityRing,
  { stepMs, floor, tsMs }: { readonly stepMs: number; readonly floor: number; readonly tsMs: number },
): Threshold {
  if (spec.kind !== "absolute" && spec.windowSteps > ring.capacity) {
    throw new RangeError(`label.windowSteps: got ${spec.windowSteps}, expected at most the ring's ${ring.capacity}`);
  }
  const threshold =
    spec.kind === "time-of-day-quantile"
      ? new TimeOfDayThreshold(spec, stepMs, floor)
      : new TrailingThreshold(spec, stepMs, floor);
  threshold.fill(ring, tsMs);
  return threshold;
}
