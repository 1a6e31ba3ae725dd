// The threshold τ of one label spec, of whatever kind; threshold-of.ts makes it.
import type { LabelSpec } from "./label-spec.ts";
import type { VolatilityRing } from "./volatility-ring.ts";

/** τ after each step. Its state is a function of the ring and the time: it is not saved. */
export interface Threshold {
  readonly spec: LabelSpec;
  /** Number of values behind τ. */
  readonly count: number;
  /** τ as a fraction (not bps); `NaN` while fewer than `minCount` values exist, and while `isFlat`. */
  readonly value: number;
  /** Whether there are values enough and their τ is at most ε: the price moved too rarely for one. */
  readonly isFlat: boolean;
  /** Updates to the step that ended at `tsMs`; call it after each push, while the removed value can still be read. */
  update(ring: VolatilityRing, tsMs: number): void;
}
