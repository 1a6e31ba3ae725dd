// What a symbol answered for closed steps: each step's score by the model that answered it.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import { labelSpecText } from "../../../features/label-spec.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import type { LearningSettings } from "../../../settings/learning-settings.ts";
import { answeringVariant, type RunningExperiment, type Variant } from "../prediction.ts";
import type { AliasScores, StepScores } from "../scoring.ts";
import { LEVELS } from "../../../volatility/sigma-levels.ts";
import type { AnsweringModel } from "./prediction-rows.ts";

/** The models and the experiment that decide which model answers a step. */
export interface Answering {
  readonly models: ServedModels;
  readonly experiment: RunningExperiment | null;
  /** What may change the answers by labels. */
  readonly learning: LearningSettings;
}

/** The answers for closed steps. */
export interface ServedAnswers {
  /** By position among the steps; `NaN` where there was none. */
  readonly scores: Float32Array;
  /** The models' own probabilities beside them. */
  readonly raw: Float32Array;
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
  { models, experiment }: Omit<Answering, "learning">,
): ServedAnswers {
  const split = experiment?.mode === "split";
  const answers = new Float32Array(steps.count).fill(NaN);
  const raw = new Float32Array(steps.count).fill(NaN);
  const sigmaRatios = new Float32Array(steps.count).fill(NaN);
  const sigmaQuantiles = new Float32Array(steps.count * LEVELS).fill(NaN);
  const ofChallenger = new Uint8Array(split ? steps.count : 0);
  const answer = (k: number, score: StepScore): void => {
    answers[k] = score.value;
    raw[k] = score.raw;
    sigmaRatios[k] = score.sigmaRatio;
    for (let level = 0; level < LEVELS; level++) sigmaQuantiles[k * LEVELS + level] = score.quantiles?.[level] ?? NaN;
  };
  eachScore(scores.champion, answer);
  if (split) {
    eachScore(scores.challenger, (k, score) => {
      if (answeringVariant(models, experiment, symbol, steps.index[k]!) !== "challenger") return;
      answer(k, score);
      ofChallenger[k] = 1;
    });
  }
  const of = (
    variant: Variant,
  ): ((k: number) => { readonly model: AnsweringModel; readonly column: number } | undefined) => {
    const model = answeringModel(models, variant);
    if (model === undefined) return () => undefined;
    const column = features.labelSpecs.findIndex((s) => labelSpecText(s) === model.labelText);
    return atThresholds({ model, column }, steps.count, scores[variant]);
  };
  const [champion, challenger] = [of("champion"), of("challenger")];
  const modelOf = (k: number) => (ofChallenger[k] === 1 ? challenger(k) : champion(k));
  return { scores: answers, raw, sigmaRatios, sigmaQuantiles, modelOf };
}

/** The model at each step's own threshold; the same object for the same threshold, since rows name it. */
function atThresholds<T extends { readonly model: AnsweringModel }>(
  answered: T,
  count: number,
  { places, following }: AliasScores,
): (k: number) => T {
  if (following?.isServed !== true) return () => answered;
  const { thresholds, now } = following;
  const ofStep = new Float64Array(count).fill(now);
  places.forEach((k, i) => (ofStep[k] = thresholds[i]!));
  const known = new Map<number, T>();
  return (k) => {
    const threshold = ofStep[k]!;
    const found = known.get(threshold) ?? { ...answered, model: { ...answered.model, threshold } };
    known.set(threshold, found);
    return found;
  };
}

/** Tells two sets apart under which some step could be answered otherwise; empty while nothing can answer. */
export function answeringText({ models, experiment, learning }: Answering): string {
  const champion = answeringModel(models, "champion");
  if (champion === undefined) return "";
  // Whether it is a stand-in changes no answer.
  const texts = [JSON.stringify({ ...champion, standIn: null })];
  if (learning.recalibration !== "on") texts.push(`recalibration ${learning.recalibration}`);
  if (experiment?.mode === "split") {
    const { id, share } = experiment;
    texts.push(JSON.stringify([id, share, { ...answeringModel(models, "challenger"), standIn: null }]));
  }
  // Unnamed where nothing follows: so it was stored before there was a choice.
  if (learning.threshold === "on") texts.push("threshold follows");
  return texts.join();
}

function answeringModel({ byAlias, standIns }: ServedModels, variant: Variant): AnsweringModel | undefined {
  const manifest = byAlias[variant]?.manifest;
  if (manifest === undefined) return undefined;
  const { onnxSha256: sha256, name, version, threshold, label } = manifest;
  return { sha256, name, version, threshold, variant, standIn: standIns.has(variant), labelText: labelSpecText(label) };
}

/** What was answered of one step. */
interface StepScore {
  readonly value: number;
  readonly raw: number;
  readonly sigmaRatio: number;
  readonly quantiles: Float32Array | undefined;
}

function eachScore(
  { places, values, raw, sigmaRatios, sigmaQuantiles }: AliasScores,
  work: (k: number, score: StepScore) => void,
): void {
  places.forEach((k, i) => {
    if (Number.isNaN(values[i])) return;
    const quantiles = sigmaQuantiles?.subarray(i * LEVELS, (i + 1) * LEVELS);
    work(k, { value: values[i]!, raw: raw[i]!, sigmaRatio: sigmaRatios?.[i] ?? NaN, quantiles });
  });
}
