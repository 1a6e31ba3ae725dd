// All families on one set of training rows, the blend of the learned ones, and which of them the training rows choose.
import type { Candidate, CandidateRefusal, FitContext } from "../candidates/candidate.ts";
import { BLEND } from "../candidates/families.ts";
import { weightsOf } from "../calibrate/scored-rows.ts";
import { describeRows } from "../rows/row-figures.ts";
import { fitBlend } from "./fit-blend.ts";
import { fitModel, type FitPolicy, type FittedModel, forwardProbabilities } from "./fit-model.ts";
import { innerFolds } from "../folds/inner-folds.ts";
import { logLoss } from "../evaluate/metrics/log-loss.ts";

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
  const fitted = (): FittedModel[] => fits.flatMap(({ model }) => ("refused" in model ? [] : [model]));
  if (plan.blend) {
    timed(BLEND, () => (episodes < plan.minEpisodes ? tooFew : fitBlend(context.data, plan.policy, train, fitted())));
  }
  return fits;
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

/**
 * Of the fitted families that with the lowest log loss on held-out rows; `undefined` where these lack an outcome. Each
 * block is judged under the calibration made of what was known before it (`forwardProbabilities`).
 */
export function lowestHeldOutLoss(fits: readonly FamilyFit[]): Choice | undefined {
  const fitted = fits.flatMap(({ model }) => ("refused" in model ? [] : [model]));
  const judged = fitted.flatMap((model) => {
    const heldOut = forwardProbabilities(model);
    const { scores: probabilities, labels } = heldOut;
    return labels.includes(1) && labels.includes(0)
      ? [{ family: model.family, loss: logLoss(labels, probabilities, weightsOf(heldOut)) }]
      : [];
  });
  if (judged.length === 0) return undefined;
  const best = judged.reduce((a, b) => (b.loss < a.loss ? b : a));
  const tried = judged.map(({ family, loss }) => `${family} ${loss.toFixed(5)}`).join(", ");
  return { family: best.family, why: `lowest held-out log loss in the training rows (${tried})` };
}
