// A row of the dataset on its way from the engine to a file, before it is split over columns.
import type { Label } from "../../src/features/label-window.ts";

/** One closed step with what became of it. The object is reused: its reader copies what it keeps. */
export interface FinishedRow {
  /** The end of the step, ms since 1970 UTC. */
  timeMs: number;
  /** Grid index of the step, and of the first step of its segment. */
  step: number;
  segment: number;
  /** The features of the row, exactly the float32 values that a model is given. */
  readonly values: Float32Array;
  /** τ as a fraction, `NaN` without one. */
  tau: number;
  /** `none` without τ, and where the horizon has not ended. */
  label: Label;
  /** Volatility of the horizon after the step, a fraction; `NaN` where it has holes or has not ended. */
  horizonVolatility: number;
  /** Whether the trainer learns from the row. */
  eligible: boolean;
  /** The step of the first spike of the row's episode; `NaN` for a row that is no spike to learn from. */
  episode: number;
}

/** A row without values, for `width` features. */
export function blankRow(width: number): FinishedRow {
  return {
    timeMs: NaN,
    step: NaN,
    segment: NaN,
    values: new Float32Array(width),
    tau: NaN,
    label: -1,
    horizonVolatility: NaN,
    eligible: false,
    episode: NaN,
  };
}
