// The live prediction of a symbol: the last closed step and its scores, as a plain value that crosses RPC.
import { FLAG } from "../../features/closed-steps.ts";
import type { EngineConfig, FeatureEngine } from "../../features/feature-engine.ts";
import { type LabelSpec, labelSpecText } from "../../features/label-spec.ts";
import { epsilonOf } from "../../features/schema.ts";
import { type BaselineAlias, type Manifest, type StatedEvidence, statedEvidence } from "../../model/manifest.ts";
import type { ServedModels } from "../../model/model-host.ts";
import { loadedScorer } from "../../model/scorer-at-threshold.ts";
import { type SplitExperiment, variantOf } from "../../quality/promotion/experiment-split.ts";
import { FAULTY_RECALIBRATION, type RecalibrationFacts } from "../../recalibration/recalibration-facts.ts";
import { goalWords } from "../../threshold/operating-goal.ts";
import { firstLabelsOf } from "../../volatility/quantile-tracker.ts";
import { noModelText } from "./no-model-text.ts";
import type { AliasScores, NoScore, StepScores } from "./scoring.ts";
import type { Warmth } from "./storage/warm-pages.ts";

/** The model that answered. */
interface PredictingModel {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly evidence: StatedEvidence;
}

export interface Prediction {
  /** `<symbol>:<step>:<12 of the sha>`: stable across restart and re-delivery. `null` without a probability. */
  readonly predictionId: string | null;
  readonly symbol: string;
  /** Time stamp of the row: the end of the last closed step, ms. */
  readonly tsMs: number;
  readonly horizonMs: number;
  /** Calibrated probability that the horizon's volatility exceeds τ. */
  readonly probability: number | null;
  /** The model's own, before it was recalibrated from this symbol's labels. */
  readonly probabilityRaw: number | null;
  /** What recalibrates the answering model here. */
  readonly recalibration: RecalibrationFacts;
  readonly threshold: number | null;
  /** Where the threshold comes from, and the goal that it is for, in words. */
  readonly thresholdSource: ThresholdSource | null;
  readonly goal: string | null;
  readonly alert: boolean | null;
  /** Expected volatility of the horizon: the model's ratio times τ. `null` for a model without this output. */
  readonly sigmaBps: number | null;
  /**
   * Quantiles of that volatility by level of `SIGMA_LEVELS`, ascending, whose coverage is kept as labels come; `null`
   * for the reason in `sigmaQuantilesMissing`.
   */
  readonly sigmaQuantilesBps: readonly number[] | null;
  readonly sigmaQuantilesMissing: string | null;
  readonly tauBps: number | null;
  readonly model: PredictingModel | null;
  /** Which of an experiment's two models answered. */
  readonly variant: Variant;
  /** Whether that model serves in place of the one that the registry names. */
  readonly standIn: boolean;
  readonly baselines: Readonly<Record<BaselineAlias, number | null>>;
  /** Whether the step was closed long after its end. */
  readonly stale: boolean;
  /** Age from which the prediction is stale whatever it was when it was made: A plus one step. */
  readonly staleAfterMs: number;
  /** Whether the prediction only needs more ticks; `missing` says what for. Not while the threshold `isFlat`. */
  readonly warmingUp: boolean;
  readonly missing: readonly string[];
  /** Whether τ would be at most ε, though there are values enough: the price hardly ever moves within a horizon. */
  readonly isFlat: boolean;
  /** Set when less than half of the symbol's steps are observed: the smallest sufficient step, 0 if none. */
  readonly tooSparse: { readonly observedShare: number; readonly smallestStepMs: number } | null;
  /** The history that the symbol began with: where it is from, and how many steps. `null` without one. */
  readonly warm: Pick<Warmth, "source" | "steps"> | null;
}

export type Variant = "champion" | "challenger";

/** Of the model's manifest, chosen by an operator, or following the live labels. */
export type ThresholdSource = "manifest" | "operator" | "followed";

/** The facts of the last closed step that a prediction shows. */
interface StepFacts {
  readonly standIns: ServedModels["standIns"];
  readonly index: number;
  readonly variant: Variant;
  readonly stepMs: number;
  readonly maxAgeMs: number;
  readonly flags: number;
  readonly tau: number;
  readonly thresholdHave: number;
  readonly thresholdNeed: number;
  readonly label: LabelSpec;
  /** What the symbol was created with. */
  readonly config: EngineConfig;
  readonly isFlat: boolean;
  readonly observedShare: number;
  readonly smallestStepMs: number | undefined;
  /** What the step's price is taken from and has not come, though other ticks may have. */
  readonly lacks: "trade" | "quote" | undefined;
}

/** The experiment between two serving models, one of which answers for each step; `null` without one. */
export type RunningExperiment = SplitExperiment & { readonly champion: string; readonly challenger: string };

/**
 * Which model answers for a step: the champion, unless an experiment between exactly these two models runs and both
 * have the same label spec.
 */
export function answeringVariant(
  { byAlias }: ServedModels,
  experiment: RunningExperiment | null,
  symbol: string,
  step: number,
): Variant {
  const [champion, challenger] = [byAlias.champion?.manifest, byAlias.challenger?.manifest];
  if (experiment === null || champion === undefined || challenger === undefined) return "champion";
  if (experiment.champion !== champion.onnxSha256 || experiment.challenger !== challenger.onnxSha256) return "champion";
  if (labelSpecText(champion.label) !== labelSpecText(challenger.label)) return "champion";
  return variantOf(experiment, symbol, step);
}

/**
 * The prediction for the engine's last closed step.
 * @param scores of closed steps; the last of them is the engine's last closed step.
 */
export function predictLastStep(
  symbol: string,
  features: FeatureEngine,
  scores: StepScores,
  { models, experiment, warm }: PredictingContext,
): Prediction {
  const variant = answeringVariant(models, experiment, symbol, features.lastStepFacts.index[0]!);
  const prediction = describePrediction(symbol, stepFacts(features, models, variant), scores);
  return { ...prediction, warm: warm === undefined ? null : { source: warm.source, steps: warm.steps } };
}

/** The prediction for the engine's last closed step, with what is shown beside it. */
export function latestStep(
  symbol: string,
  features: FeatureEngine,
  scores: StepScores,
  context: PredictingContext,
): { prediction: Prediction; models: ServedModels; price: number | null; rv60Bps: number | null } {
  const { price, rv60 } = features.lastStepFacts;
  return {
    prediction: predictLastStep(symbol, features, scores, context),
    models: context.models,
    price: numberOrNull(price[0]!),
    rv60Bps: numberOrNull(rv60[0]! * 10_000),
  };
}

interface PredictingContext {
  readonly models: ServedModels;
  readonly experiment: RunningExperiment | null;
  /** The history that the symbol began with. */
  readonly warm?: Warmth | undefined;
}

/**
 * Facts of the engine's last closed step under the answering model's label spec; without τ if the symbol cannot use the
 * spec.
 */
function stepFacts(engine: FeatureEngine, models: ServedModels, variant: Variant): StepFacts {
  const label = models.byAlias[variant]?.manifest.label ?? engine.config.label;
  const spec = engine.indexOfLabelSpec(label);
  const { lastStepFacts: lastStep, observedShare } = engine;
  const { have, need } = spec < 0 ? { have: 0, need: 0 } : engine.thresholdCount(spec);
  return {
    standIns: models.standIns,
    index: lastStep.index[0]!,
    variant,
    stepMs: engine.config.grid.stepMs,
    maxAgeMs: engine.config.grid.maxAgeMs,
    flags: lastStep.flags[0]!,
    tau: lastStep.tau[spec] ?? NaN,
    thresholdHave: have,
    thresholdNeed: need,
    label,
    config: engine.config,
    isFlat: spec >= 0 && engine.isFlat(spec),
    observedShare: observedShare.share(engine.config.grid.stepMs),
    smallestStepMs: observedShare.smallestStepMs(),
    lacks: lackOf(engine),
  };
}

/**
 * A symbol on the last price whose last closed step has a quote in force lacks a trade; one on the mid without a price
 * lacks a quote.
 */
function lackOf({ config, lastStepFacts: lastStep }: FeatureEngine): StepFacts["lacks"] {
  if (lastStep.count === 0 || !Number.isNaN(lastStep.price[0]!)) return undefined;
  if (config.grid.source === "mid") return "quote";
  return Number.isNaN(lastStep.spread[0]!) ? undefined : "trade";
}

/** Joins the facts of the last step with its scores. When the challenger fails on the step, the champion answers. */
function describePrediction(symbol: string, facts: StepFacts, scores: StepScores): Omit<Prediction, "warm"> {
  const variant = Number.isFinite(scores[facts.variant].last) ? facts.variant : "champion";
  const { scorer, noScore, last, lastSigmaRatio, raw, recalibration = FAULTY_RECALIBRATION } = scores[variant];
  const manifest = scorer?.manifest;
  const probability = numberOrNull(last);
  const threshold = manifest === undefined ? null : (servedThreshold(scores[variant]) ?? manifest.threshold);
  const id = manifest && probability !== null ? `${symbol}:${facts.index}:${manifest.onnxSha256.slice(0, 12)}` : null;
  const tauBps = facts.tau * 10_000;
  const tooSparse = facts.observedShare < 0.5;
  return {
    predictionId: id,
    symbol,
    tsMs: (facts.index + 1) * facts.stepMs,
    horizonMs: facts.label.horizonSteps * facts.stepMs,
    probability,
    probabilityRaw: probability === null ? null : raw.at(-1)!,
    recalibration,
    threshold,
    thresholdSource: thresholdSourceOf(scores[variant]),
    goal: manifest === undefined ? null : goalWords(manifest.goal),
    alert: probability === null || threshold === null ? null : probability >= threshold,
    sigmaBps: numberOrNull(lastSigmaRatio * tauBps),
    ...sigmaQuantiles(scores[variant], facts),
    tauBps: numberOrNull(tauBps),
    model: manifest ? predictingModel(manifest) : null,
    variant,
    standIn: facts.standIns.has(variant),
    baselines: {
      zscore: numberOrNull(scores.zscore.last),
      persistence: numberOrNull(scores.persistence.last),
      "threshold-only": numberOrNull(scores["threshold-only"].last),
      reference: numberOrNull(scores.reference.last),
    },
    stale: (facts.flags & FLAG.stale) !== 0,
    staleAfterMs: facts.maxAgeMs + facts.stepMs,
    warmingUp: probability === null && noScore === undefined && !facts.isFlat,
    missing: probability === null ? missingFor(facts, noScore) : [],
    isFlat: facts.isFlat,
    tooSparse: tooSparse ? { observedShare: facts.observedShare, smallestStepMs: facts.smallestStepMs ?? 0 } : null,
  };
}

/** The one that follows at the last step; `undefined` where the model's own is in force. */
function servedThreshold({ following }: AliasScores): number | undefined {
  return following?.isServed === true ? following.now : undefined;
}

function thresholdSourceOf(scores: AliasScores): ThresholdSource | null {
  const { scorer } = scores;
  if (scorer === undefined) return null;
  if (servedThreshold(scores) !== undefined) return "followed";
  return loadedScorer(scorer) === scorer ? "manifest" : "operator";
}

type SigmaQuantiles = Pick<Prediction, "sigmaQuantilesBps" | "sigmaQuantilesMissing">;

function sigmaQuantiles(
  { scorer, lastSigmaRatio, lastSigmaQuantiles, missingSigmaLabels }: AliasScores,
  { tau, label }: StepFacts,
): SigmaQuantiles {
  const quantiles = Array.from(lastSigmaQuantiles ?? [], (ratio) => ratio * tau * 10_000);
  if (quantiles.length > 0 && quantiles.every(Number.isFinite)) {
    return { sigmaQuantilesBps: quantiles, sigmaQuantilesMissing: null };
  }
  const need = firstLabelsOf(label.horizonSteps);
  const because = (sigmaQuantilesMissing: string): SigmaQuantiles => ({
    sigmaQuantilesBps: null,
    sigmaQuantilesMissing,
  });
  if (scorer?.manifest.sigmaOutput === undefined) return because("model: it forecasts no volatility");
  if (!Number.isFinite(lastSigmaRatio)) return because("sigma_bps: the model gave none for this step");
  if (missingSigmaLabels === undefined) return because("labels: nothing is learnt for this model at present");
  return because(`labels: ${need - missingSigmaLabels} of ${need} of steps that this model forecast`);
}

function predictingModel(manifest: Manifest): PredictingModel {
  const { name, version, onnxSha256: sha256 } = manifest;
  return { name, version, sha256, evidence: statedEvidence(manifest) };
}

/** A code, then its meaning in words. */
const NO_SCORE_TEXT: Readonly<Record<Exclude<NoScore, "no_model">, string>> = {
  schema_differs:
    "schema_differs: the champion was trained for another grid, or on rows of another horizon, than this symbol has",
  label_spec_refused: "label_spec_refused: the champion's label does not fit the one that this symbol was created for",
  scoring_error: "scoring_error: the champion failed on this step",
};

function missingFor(facts: StepFacts, noScore: NoScore | undefined): string[] {
  if (noScore !== undefined) return [noScore === "no_model" ? noModelText(facts.config) : NO_SCORE_TEXT[noScore]];
  const { thresholdHave: have, thresholdNeed: need } = facts;
  const missing: string[] = facts.lacks === undefined ? [] : [lackText(facts.lacks, facts.maxAgeMs)];
  if (have < need) missing.push(`threshold_values: ${have} of ${need}`);
  else if (facts.isFlat) missing.push(flatText(facts.label, have));
  if ((facts.flags & FLAG.ready) === 0) missing.push("returns: fewer than 30 of the last 60 steps have one");
  return missing;
}

/** Why there is no τ though there are values enough, and what to do. */
function flatText(label: LabelSpec, have: number): string {
  const epsilonBps = Number((epsilonOf(label.horizonSteps) * 10_000).toPrecision(3));
  const what =
    label.kind === "absolute"
      ? `its level of ${label.levelBps} bps`
      : `${label.kind === "ratio" ? `${label.ratio} times the median` : `the ${label.quantile} quantile`} of ${have} values`;
  return (
    `threshold: ${what} is at most ε = ${epsilonBps} bps, the price hardly ever moved within a horizon of ` +
    `${label.horizonSteps} steps; where its tick is that coarse, take a longer step or horizon, or PRICE_SOURCE=mid`
  );
}

/** What a symbol does not get, and what to do where it never will. */
function lackText(lacks: "trade" | "quote", maxAgeMs: number): string {
  const [what, source, other, ticks] =
    lacks === "trade"
      ? ["no trade in the last %, only quotes, and this symbol's price is that of its trades", "last", "mid", "quotes"]
      : ["no bid and ask in the last %, and this symbol's price is their mid", "mid", "last", "trades"];
  return (
    `price: ${what.replace("%", `${maxAgeMs / 1000} s`)} (source ${source}); to predict from ${ticks} alone set ` +
    `PRICE_SOURCE=${other} on the gateway, then create the symbol anew: POST /admin/symbols/:symbol/recreate, or ` +
    `DELETE /admin/symbols/:symbol and send its ${ticks} again`
  );
}

function numberOrNull(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
