// Closed steps of one symbol in columns, from either side of the comparison: the gateway's traces or the trainer's
// pass.
import { ROW_NAMES, ROWS } from "../../src/features/schema.ts";

/** The aliases whose scores are compared, in the order of the gateway's trace. */
export const SCORED = ["champion", "zscore", "persistence", "threshold-only", "reference"] as const;
export type ScoredAlias = (typeof SCORED)[number];

/** What is compared step by step. Every array holds `width` values a step. */
export const STEP_COLUMNS = [
  { name: "index", width: 1, bytes: 8 },
  { name: "flags", width: 1, bytes: 1 },
  ...ROW_NAMES.map((name) => ({ name, width: ROWS[name].length, bytes: 4 }) as const),
  { name: "tau", width: 1, bytes: 8 },
  { name: "label", width: 1, bytes: 1 },
  { name: "horizonVolatility", width: 1, bytes: 8 },
] as const;
export type StepColumn = (typeof STEP_COLUMNS)[number]["name"];

export type StepValues = Float64Array | Float32Array | Int8Array | Uint8Array;

/** Steps in the order in which they closed. */
export interface Steps {
  readonly count: number;
  readonly columns: Readonly<Record<StepColumn, StepValues>>;
}

/** One artifact's outputs for the steps, all [count]; `sigmaRatios` only of a model with that output. */
export interface StepScores {
  /** `NaN` where a step is not ready or the model gave nothing usable. */
  readonly probabilities: Float32Array;
  readonly sigmaRatios: Float32Array | undefined;
  /** [count × levels]: quantiles of the volatility over τ, where they are learnt. */
  readonly sigmaQuantiles?: Float32Array | undefined;
  /** The threshold that follows at each ready step, else `NaN`; `undefined` where none follows. */
  readonly thresholds: Float64Array | undefined;
}

/** The gateway's side: its columns, and what it scored by which artifact. */
export interface TracedSteps extends Steps {
  readonly scores: Readonly<Record<ScoredAlias, StepScores>>;
  /** What it answered: its probabilities after they were recalibrated; [count] likewise. */
  readonly served: Readonly<Record<ScoredAlias, Float32Array>>;
  /** SHA-256 of the artifact behind each alias, `null` where none serves; the same for all steps. */
  readonly artifacts: Readonly<Record<ScoredAlias, string | null>>;
}
