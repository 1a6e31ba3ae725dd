// All families on one set of training rows, the blend of the learned ones, and which of them the training rows choose.
import type { Candidate, CandidateRefusal, FitContext } from "../candidates/candidate.ts";
import { BLEND, BLENDED } from "../candidates/families.ts";
import { BlendScore } from "../score/blend-score.ts";
import { calibrator } from "../calibrate/calibrator.ts";
import { describeRows } from "../rows/row-figures.ts";
import { calibrateModel, fitModel, type FitPolicy, type FittedModel, scoreRows } from "./fit-model.ts";
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
  /** Learned families are not fitted on fewer training episodes. */
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
      !candidate.baseline && episodes < plan.minEpisodes
        ? tooFew
        : fitModel(candidate, context, plan.policy, train, folds),
    );
  }
  if (plan.blend) timed(BLEND, () => (episodes < plan.minEpisodes ? tooFew : fitBlend(context, plan, train, fits)));
  return fits;
}

/**
 * The mean of the learned families' calibrated log-odds, every one with the same weight: nothing is fitted to choose
 * it.
 */
function fitBlend(
  { data }: FitContext,
  { policy }: FamiliesPlan,
  train: Int32Array,
  fits: readonly FamilyFit[],
): FittedModel | CandidateRefusal {
  const models = fits.flatMap(({ model }) => ("refused" in model || !BLENDED.includes(model.family) ? [] : [model]));
  if (models.length < 2) return { refused: `${models.length} of ${BLENDED.join(", ")} fitted: nothing to blend` };
  const { horizonSteps } = data.config.label;
  const parts = models.map(({ score, calibration, outOfFold }) => ({
    score,
    // A model that is calibrated by Platt has this very calibration already.
    calibration:
      calibration.method === "platt"
        ? calibration
        : fitPlattWithPrior(scoreRows(data, train, score), outOfFold, 1 / horizonSteps),
  }));
  const { labels, weights } = models[0]!.outOfFold;
  const scores = new Float64Array(labels.length);
  models.forEach(({ outOfFold }, m) => {
    const { slope, intercept } = parts[m]!.calibration;
    outOfFold.scores.forEach((s, i) => (scores[i]! += (slope * s + intercept) / models.length));
  });
  const score = new BlendScore(parts);
  const notes = [`mean log-odds of ${models.map(({ family }) => family).join(", ")}`];
  const fitted = { family: BLEND, score, notes, outOfFold: { scores, labels, weights } };
  return calibrateModel(fitted, policy, scoreRows(data, train, score), "out-of-fold", horizonSteps);
}

/** The chosen family, and the held-out losses that chose it. */
export interface Choice {
  readonly family: string;
  readonly why: string;
}

/**
 * The family whose probabilities have the lowest log loss on the inner folds' held-out rows; where these cannot say,
 * the first fitted family of `fallback`.
 * @throws Error when nothing was fitted.
 */
export function chooseFamily(fits: readonly FamilyFit[], fallback: readonly string[]): Choice {
  const fitted = fits.flatMap(({ model }) => ("refused" in model ? [] : [model]));
  const judged = fitted.flatMap(({ family, calibration, outOfFold: { scores, labels, weights } }) =>
    labels.includes(1) && labels.includes(0)
      ? [{ family, loss: logLoss(labels, scores.map(calibrator(calibration)), weights) }]
      : [],
  );
  if (judged.length > 0) {
    const best = judged.reduce((a, b) => (b.loss < a.loss ? b : a));
    const tried = judged.map(({ family, loss }) => `${family} ${loss.toFixed(5)}`).join(", ");
    return { family: best.family, why: `lowest held-out log loss in the training rows (${tried})` };
  }
  const family = [...fallback, ...fitted.map((model) => model.family)].find((name) =>
    fitted.some((model) => model.family === name),
  );
  if (family === undefined) throw new Error("no family could be fitted");
  return { family, why: "no held-out training rows with both outcomes: the strongest baseline" };
}
