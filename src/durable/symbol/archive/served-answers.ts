// What a symbol answered for closed steps: each step's score by the model that answered it.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import { labelSpecText } from "../../../features/label-spec.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import { answeringVariant, type RunningExperiment, type Variant } from "../prediction.ts";
import type { AliasScores, StepScores } from "../scoring.ts";
import { LEVELS } from "../../../volatility/sigma-levels.ts";
import type { AnsweringModel } from "./prediction-rows.ts";

/** The models and the experiment that decide which model answers a step. */
export interface Answering {
  readonly models: ServedModels;
  readonly experiment: RunningExperiment | null;
}

/** The answers for closed steps. */
export interface ServedAnswers {
  /** By position among the steps; `NaN` where there was none. */
  readonly scores: Float32Array;
  /** Expected volatility of the horizon over τ, by position; `NaN` where the model gives none. */
  readonly sigmaRatios: Float32Array;
  /** Quantiles of that volatility over τ, three a step; `NaN` where there are none. */
  readonly sigmaQuantiles: Float32Array;
  /** The model of a step, and the column of its label spec (−1: none); `undefined` without a model. */
  readonly modelOf: (k: number) => { readonly model: AnsweringModel; readonly column: number } | undefined;
}

/** As `predictLastStep` decides for the last step: when the challenger fails on a step, the champion answers it. */
export function servedAnswers(
  symbol: string,
  steps: ClosedSteps,
  scores: StepScores,
  features: FeatureEngine,
  { models, experiment }: Answering,
): ServedAnswers {
  const split = experiment?.mode === "split";
  const answers = new Float32Array(steps.count).fill(NaN);
  const sigmaRatios = new Float32Array(steps.count).fill(NaN);
  const sigmaQuantiles = new Float32Array(steps.count * LEVELS).fill(NaN);
  const ofChallenger = new Uint8Array(split ? steps.count : 0);
  const answer = (k: number, score: number, sigmaRatio: number, quantiles: Float32Array | undefined): void => {
    answers[k] = score;
    sigmaRatios[k] = sigmaRatio;
    for (let level = 0; level < LEVELS; level++) sigmaQuantiles[k * LEVELS + level] = quantiles?.[level] ?? NaN;
  };
  eachScore(scores.champion, answer);
  if (split) {
    eachScore(scores.challenger, (k, ...answered) => {
      if (answeringVariant(models, experiment, symbol, steps.index[k]!) !== "challenger") return;
      answer(k, ...answered);
      ofChallenger[k] = 1;
    });
  }
  const of = (variant: Variant) => {
    const model = answeringModel(models, variant);
    const column =
      model === undefined ? -1 : features.labelSpecs.findIndex((s) => labelSpecText(s) === model.labelText);
    return model === undefined ? undefined : { model, column };
  };
  const [champion, challenger] = [of("champion"), of("challenger")];
  return {
    scores: answers,
    sigmaRatios,
    sigmaQuantiles,
    modelOf: (k) => (ofChallenger[k] === 1 ? challenger : champion),
  };
}

/** Tells two sets apart under which some step could be answered otherwise; empty while nothing can answer. */
export function answeringText({ models, experiment }: Answering): string {
  const champion = answeringModel(models, "champion");
  if (champion === undefined) return "";
  // Whether it is a stand-in changes no answer.
  const texts = [JSON.stringify({ ...champion, standIn: null })];
  if (experiment?.mode === "split") {
    const { id, share } = experiment;
    texts.push(JSON.stringify([id, share, { ...answeringModel(models, "challenger"), standIn: null }]));
  }
  return texts.join();
}

function answeringModel({ byAlias, standIns }: ServedModels, variant: Variant): AnsweringModel | undefined {
  const manifest = byAlias[variant]?.manifest;
  if (manifest === undefined) return undefined;
  const { onnxSha256: sha256, name, version, threshold, label } = manifest;
  return { sha256, name, version, threshold, variant, standIn: standIns.has(variant), labelText: labelSpecText(label) };
}

function eachScore(
  { places, values, sigmaRatios, sigmaQuantiles }: AliasScores,
  work: (k: number, score: number, sigmaRatio: number, quantiles: Float32Array | undefined) => void,
): void {
  places.forEach((k, i) => {
    const quantiles = sigmaQuantiles?.subarray(i * LEVELS, (i + 1) * LEVELS);
    if (!Number.isNaN(values[i])) work(k, values[i]!, sigmaRatios?.[i] ?? NaN, quantiles);
  });
}
