// Closed steps → probabilities: the ready rows of some steps, scored by one model.
import type { ClosedSteps } from "../../features/closed-steps.ts";
import type { FeatureEngine } from "../../features/feature-engine.ts";
import type { RowName } from "../../features/schema.ts";
import { type Scorer, isProbability, isSigmaRatio } from "../../model/artifact.ts";
import { MAX_ROWS_PER_RUN } from "../../model/artifact-limits.ts";
import type { ScoredAlias } from "../../model/scored-alias.ts";
import type { RecalibrationFacts } from "../../recalibration/recalibration-facts.ts";

/** Why an alias gives no probability for a symbol. */
export type NoScore = "no_model" | "schema_differs" | "label_spec_refused" | "scoring_error";

/** One alias's scores of some closed steps. */
export interface AliasScores {
  readonly scorer: Scorer | undefined;
  /** The ready steps as ascending positions among the closed steps. */
  readonly places: readonly number[];
  /** The probability that is answered of each ready step; `NaN` where the model gave no score. */
  readonly values: Float32Array;
  /** The model's own probability, before anything was learnt from labels; `NaN` likewise. */
  readonly raw: Float32Array;
  /**
   * Expected volatility of each horizon over τ; `NaN` where it is not usable. `undefined` for a model without this
   * output.
   */
  readonly sigmaRatios: Float32Array | undefined;
  /** The last closed step's probability, `NaN` when it is not ready. */
  readonly last: number;
  /** The last closed step's expected volatility over τ, `NaN` likewise. */
  readonly lastSigmaRatio: number;
  /**
   * Quantiles of that volatility over τ by level of `SIGMA_LEVELS`, three for each ready step, ascending; `NaN` before
   * there are labels enough. Absent for a model without that output, and where it was not followed.
   */
  readonly sigmaQuantiles?: Float32Array;
  /** Those of the last closed step, `NaN` when it is not ready. */
  readonly lastSigmaQuantiles?: Float32Array;
  /** Labels that are needed until there are quantiles. */
  readonly missingSigmaLabels?: number;
  /** The model's threshold that follows its labels; absent where none does. */
  readonly following?: FollowingThreshold;
  /** Why the last step has no score although it is ready, or why no step can have one. */
  readonly noScore: NoScore | undefined;
  /** The error of an output, in words. */
  readonly error: string | undefined;
  /** How `values` came from `raw`; `undefined` where what recalibrates has not answered. */
  readonly recalibration?: RecalibrationFacts;
}

/** A threshold that follows the labels of one model. */
interface FollowingThreshold {
  /** At each ready step. */
  readonly thresholds: Float64Array;
  /** At the last closed step, whether or not it is ready. */
  readonly now: number;
  /** Whether alerts are given by it; else by the threshold of the model. */
  readonly isServed: boolean;
}

export type StepScores = Readonly<Record<ScoredAlias, AliasScores>>;

/** Scores closed steps with one model. Never throws for the model: the result says why there is no score. */
export async function scoreAlias(
  scorer: Scorer | undefined,
  steps: ClosedSteps,
  features: FeatureEngine,
  hashes: Readonly<Record<RowName, string>>,
): Promise<AliasScores> {
  const spec = scorer === undefined ? -1 : features.indexOfLabelSpec(scorer.manifest.label);
  const noScore = whyNoScore(scorer, spec, hashes);
  const places = noScore === undefined ? readyPlaces(steps, spec) : [];
  const values = new Float32Array(places.length).fill(NaN);
  const hasSigma = scorer?.manifest.sigmaOutput !== undefined;
  const sigmaRatios = hasSigma ? new Float32Array(places.length).fill(NaN) : undefined;
  let error: string | undefined;
  if (scorer !== undefined && places.length > 0) {
    try {
      error = await scoreRows(scorer, readyRows(scorer, steps, spec, places), values, sigmaRatios);
    } catch (thrown) {
      values.fill(NaN);
      sigmaRatios?.fill(NaN);
      error = String(thrown);
    }
  }
  const isLastReady = places.length > 0 && places.at(-1) === steps.count - 1;
  const last = isLastReady ? (values.at(-1) ?? NaN) : NaN;
  const lastSigmaRatio = isLastReady ? (sigmaRatios?.at(-1) ?? NaN) : NaN;
  const failed = isLastReady && Number.isNaN(last) ? "scoring_error" : undefined;
  return { scorer, places, values, raw: values, sigmaRatios, last, lastSigmaRatio, noScore: noScore ?? failed, error };
}

function whyNoScore(
  scorer: Scorer | undefined,
  spec: number,
  hashes: Readonly<Record<RowName, string>>,
): NoScore | undefined {
  if (scorer === undefined) return "no_model";
  if (scorer.manifest.schemaHash !== hashes[scorer.manifest.row]) return "schema_differs";
  return spec < 0 ? "label_spec_refused" : undefined;
}

function readyPlaces(steps: ClosedSteps, spec: number): number[] {
  const places: number[] = [];
  for (let k = 0; k < steps.count; k++) if (steps.ready(k, spec)) places.push(k);
  return places;
}

function readyRows(
  { manifest, columns }: Scorer,
  steps: ClosedSteps,
  spec: number,
  places: readonly number[],
): Float32Array {
  const width = columns.length;
  const rows = new Float32Array(places.length * width);
  places.forEach((k, i) => steps.row(manifest.row, k, spec, columns, rows, i * width));
  return rows;
}

/**
 * Fills `values` and `sigmaRatios`. A bad output only drops that output of its row: a score must not depend on the
 * other rows of its run. Returns the last error.
 */
async function scoreRows(
  scorer: Scorer,
  rows: Float32Array,
  values: Float32Array,
  sigmaRatios: Float32Array | undefined,
): Promise<string | undefined> {
  const width = scorer.columns.length;
  let error: string | undefined;
  for (let from = 0; from < values.length; from += MAX_ROWS_PER_RUN) {
    const to = Math.min(values.length, from + MAX_ROWS_PER_RUN);
    const scores = await scorer.score(rows.slice(from * width, to * width));
    scores.probabilities.forEach((p, i) => {
      if (isProbability(p)) values[from + i] = p;
      else error = `output: got ${p}, expected a probability`;
    });
    if (sigmaRatios === undefined) continue;
    scores.sigmaRatios?.forEach((ratio, i) => {
      if (isSigmaRatio(ratio)) sigmaRatios[from + i] = ratio;
      else error = `sigma output: got ${ratio}, expected a finite number of at least 0`;
    });
  }
  return error;
}
