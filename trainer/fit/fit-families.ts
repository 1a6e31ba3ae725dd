// All families on one set of training rows, the blend of the learned ones, and which of them the training rows choose.
import type { Candidate, CandidateRefusal, FitContext } from "../candidates/candidate.ts";
import { BLEND, BLENDED } from "../candidates/families.ts";
import { BlendScore } from "../score/blend-score.ts";
import { calibrator } from "../calibrate/calibrator.ts";
import { describeRows } from "../rows/row-figures.ts";
import { calibrateModel, fitModel, type FitPolicy, type FittedModel } from "./fit-model.ts";
import { scoreRows } from "../score/score-rows.ts";
import { blendWeights } from "../calibrate/blend-weights.ts";
import { type FoldScores, IDENTITY, type Line, onLine, type ScoredRows, weightsOf } from "../calibrate/scored-rows.ts";
import { innerFolds } from "../folds/inner-folds.ts";
import { logLoss } from "../evaluate/metrics/log-loss.ts";
import { fitPlattWithPrior } from "../calibrate/fit-platt-with-prior.ts";

export interface FamilyFit {
  readonly family: string;
  readonly model: FittedModel | CandidateRefusal;
  readonly seconds: number;
}

export interface FamiliesPlan {
  readonly candidates: readonly Candidate[];
  /** Whether to blend the learned ones. */
  readonly blend: boolean;
  readonly policy: FitPolicy;
  /** Learned families, and baselines that `needsEpisodes`, are not fitted on fewer training episodes. */
  readonly minEpisodes: number;
  readonly onFitted?: (family: string) => void;
}

/** Every candidate of the plan, in its order, then the blend. `train` must hold both outcomes. */
export function fitFamilies(context: FitContext, plan: FamiliesPlan, train: Int32Array): FamilyFit[] {
  const folds = innerFolds(context.data, train);
  const { episodes } = describeRows(context.data, train);
  const fits: FamilyFit[] = [];
  const timed = (family: string, fit: () => FittedModel | CandidateRefusal): void => {
    const from = performance.now();
    const model = fit();
    fits.push({ family, model, seconds: (performance.now() - from) / 1000 });
    plan.onFitted?.(family);
  };
  const tooFew = { refused: `${episodes} training episodes, expected at least ${plan.minEpisodes}` };
  for (const candidate of plan.candidates) {
    timed(candidate.family, () =>
      (!candidate.baseline || candidate.needsEpisodes === true) && episodes < plan.minEpisodes
        ? tooFew
        : fitModel(candidate, context, plan.policy, train, folds),
    );
  }
  if (plan.blend) timed(BLEND, () => (episodes < plan.minEpisodes ? tooFew : fitBlend(context, plan, train, fits)));
  return fits;
}

/** The mean of the learned families' calibrated log-odds, weighted by what held-out rows say (`blendWeights`). */
function fitBlend(
  { data }: FitContext,
  { policy }: FamiliesPlan,
  train: Int32Array,
  fits: readonly FamilyFit[],
): FittedModel | CandidateRefusal {
  const models = fits.flatMap(({ model }) => ("refused" in model || !BLENDED.includes(model.family) ? [] : [model]));
  if (models.length < 2) return { refused: `${models.length} of ${BLENDED.join(", ")} fitted: nothing to blend` };
  const { horizonSteps } = data.config.label;
  const lines = models.map((model) => logOddsLine(model, () => scoreRows(data, train, model.score), horizonSteps));
  const heldOut = models.map(({ outOfFold }, m) => onLine(lines[m]!, outOfFold).scores);
  const weights = blendWeights(heldOut, models[0]!.outOfFold, 1 / horizonSteps);
  const parts = models.flatMap((model, m) =>
    weights[m]! > 0 ? [{ model, line: lines[m]!, weight: weights[m]! }] : [],
  );
  const score = new BlendScore(parts.map(({ model, line, weight }) => ({ score: model.score, line, weight })));
  const shares = models.map(({ family }, m) => `${family} ${weights[m]!.toFixed(2)}`).join(", ");
  const folds = models[0]!.folds.map((fold, f): FoldScores => {
    const mixed = (side: "heldOut" | "own"): ScoredRows => ({
      ...fold[side],
      scores: weightedSum(parts.map(({ model, line, weight }) => [onLine(line, model.folds[f]![side]).scores, weight])),
    });
    return { ...fold, heldOut: mixed("heldOut"), own: mixed("own") };
  });
  const fitted = { family: BLEND, score, notes: [`mean log-odds, weights by held-out rows: ${shares}`], folds };
  const kind = { calibrateOn: "out-of-fold", logOdds: true } as const;
  return calibrateModel(fitted, policy, scoreRows(data, train, score), kind, horizonSteps);
}

/** What makes log-odds of a model's score: its own calibration where that is a line. */
function logOddsLine({ calibration, outOfFold }: FittedModel, onTrain: () => ScoredRows, horizonSteps: number): Line {
  if (calibration.method === "none") return IDENTITY;
  return calibration.method === "platt" ? calibration : fitPlattWithPrior(onTrain(), outOfFold, 1 / horizonSteps);
}

/** Σ weight · scores, row by row. */
function weightedSum(parts: readonly (readonly [scores: Float64Array, weight: number])[]): Float64Array {
  const sums = new Float64Array(parts[0]![0].length);
  for (const [scores, weight] of parts) scores.forEach((s, i) => (sums[i]! += weight * s));
  return sums;
}

/** The chosen family, and the held-out losses that chose it. */
export interface Choice {
  readonly family: string;
  readonly why: string;
}

/**
 * The family whose probabilities have the lowest log loss on the inner folds' held-out rows; where these cannot say,
 * the reference.
 */
export function chooseFamily(fits: readonly FamilyFit[], reference: Choice): Choice {
  const why = "no held-out training rows with both outcomes: the strongest baseline";
  return lowestHeldOutLoss(fits) ?? { family: reference.family, why };
}

/** Of the fitted families that with the lowest log loss on held-out rows; `undefined` where these lack an outcome. */
export function lowestHeldOutLoss(fits: readonly FamilyFit[]): Choice | undefined {
  const fitted = fits.flatMap(({ model }) => ("refused" in model ? [] : [model]));
  const judged = fitted.flatMap(({ family, calibration, outOfFold }) => {
    const { scores, labels } = outOfFold;
    return labels.includes(1) && labels.includes(0)
      ? [{ family, loss: logLoss(labels, scores.map(calibrator(calibration)), weightsOf(outOfFold)) }]
      : [];
  });
  if (judged.length === 0) return undefined;
  const best = judged.reduce((a, b) => (b.loss < a.loss ? b : a));
  const tried = judged.map(({ family, loss }) => `${family} ${loss.toFixed(5)}`).join(", ");
  return { family: best.family, why: `lowest held-out log loss in the training rows (${tried})` };
}
