// Quantiles of the volatility that champion and challenger forecast, learnt from their labels. The arithmetic is in
// src/volatility.
import type { ClosedSteps } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import { labelSpecText } from "../../../features/label-spec.ts";
import type { Page } from "../../../features/page-buffer.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import { sigmaModel } from "../../../model/sigma-model.ts";
import type { SigmaModel } from "../../../volatility/model-sigma.ts";
import { LEVELS } from "../../../volatility/sigma-levels.ts";
import { VolatilityLearning } from "../../../volatility/volatility-learning.ts";
import type { AliasScores, StepScores } from "../scoring.ts";
import type { LabelLearner } from "./label-learner.ts";

/** The aliases whose forecasts are answered. */
const FORECASTING = ["champion", "challenger"] as const;

export class VolatilityLearner implements LabelLearner {
  readonly learning: VolatilityLearning;

  constructor(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>) {
    this.learning = VolatilityLearning.load(stepMs, pages);
  }

  get damagedPages(): number {
    return this.learning.damagedPages;
  }

  adopt(features: FeatureEngine, { byAlias }: ServedModels): boolean {
    const specs = features.labelSpecs.map((spec) => {
      return { labelText: labelSpecText(spec), horizonSteps: spec.horizonSteps };
    });
    const models = FORECASTING.flatMap((alias) => {
      const manifest = byAlias[alias]?.manifest;
      const hasForecast = manifest?.sigmaOutput !== undefined && features.indexOfLabelSpec(manifest.label) >= 0;
      return hasForecast ? [sigmaModel(manifest)] : [];
    });
    const isFirst = (model: SigmaModel, i: number): boolean =>
      models.findIndex(({ sha256 }) => sha256 === model.sha256) === i;
    this.learning.adopt(specs, models.filter(isFirst));
    return false;
  }

  learn(steps: ClosedSteps, scores: StepScores, onlyKnown?: ReadonlySet<string>): StepScores {
    const ratios = ratiosOf(steps, scores, onlyKnown);
    return this.answered(steps, scores, this.learning.learn(steps, ratios));
  }

  answer(steps: ClosedSteps, scores: StepScores): StepScores {
    return this.answered(steps, scores, this.learning.answers(steps, ratiosOf(steps, scores, undefined)));
  }

  dirtyPages(): readonly Page[] {
    return this.learning.dirtyPages();
  }

  private answered(
    { count }: ClosedSteps,
    scores: StepScores,
    quantiles: ReadonlyMap<string, Float32Array>,
  ): StepScores {
    const of = (alias: AliasScores): AliasScores => {
      const sha256 = alias.scorer?.manifest.onnxSha256;
      const found = sha256 === undefined ? undefined : quantiles.get(sha256);
      if (sha256 === undefined || found === undefined) return alias;
      const sigmaQuantiles = new Float32Array(alias.places.length * LEVELS);
      alias.places.forEach((k, i) => {
        sigmaQuantiles.set(found.subarray(k * LEVELS, (k + 1) * LEVELS), i * LEVELS);
      });
      const isLastReady = alias.places.at(-1) === count - 1;
      const last = isLastReady ? sigmaQuantiles.subarray(-LEVELS) : new Float32Array(LEVELS).fill(NaN);
      const missingSigmaLabels = this.learning.of(sha256)?.tracker.missingLabels ?? 0;
      return { ...alias, sigmaQuantiles, lastSigmaQuantiles: last, missingSigmaLabels };
    };
    return { ...scores, champion: of(scores.champion), challenger: of(scores.challenger) };
  }
}

/** Each model's forecasts by step, `NaN` where it has none. */
function ratiosOf(
  { count }: ClosedSteps,
  scores: StepScores,
  onlyKnown: ReadonlySet<string> | undefined,
): Map<string, Float32Array> {
  const ratios = new Map<string, Float32Array>();
  for (const alias of FORECASTING) {
    const { scorer, places, sigmaRatios } = scores[alias];
    const sha256 = scorer?.manifest.onnxSha256;
    if (sha256 === undefined || sigmaRatios === undefined || ratios.has(sha256)) continue;
    if (onlyKnown?.has(sha256) === false) continue;
    const all = new Float32Array(count).fill(NaN);
    places.forEach((k, i) => (all[k] = sigmaRatios[i]!));
    ratios.set(sha256, all);
  }
  return ratios;
}
