// The blend: several learned families as one, with weights and calibrations that held-out rows say.
import type { Calibration } from "../../src/model/manifest-calibration.ts";
import { blendWeights } from "../calibrate/blend-weights.ts";
import { fitPlattWithPrior } from "../calibrate/fit-platt-with-prior.ts";
import {
  type FoldScores,
  heldOutBefore,
  IDENTITY,
  type Line,
  onLine,
  type ScoredRows,
} from "../calibrate/scored-rows.ts";
import type { CandidateRefusal } from "../candidates/candidate.ts";
import { BLEND, BLENDED } from "../candidates/families.ts";
import type { Dataset } from "../rows/dataset.ts";
import { BlendScore } from "../score/blend-score.ts";
import { scoreRows } from "../score/score-rows.ts";
import { calibrateModel, type FitPolicy, type FittedModel } from "./fit-model.ts";

/**
 * The mean of the learned families' calibrated log-odds, weighted by what held-out rows say (`blendWeights`). In each
 * inner fold it is the blend that was known before the fold's block, so that what chooses the weights does not judge
 * them: in the first, with equal weights.
 *
 * @param families fitted on `train`; those of `BLENDED` are taken. Fewer than two of them are refused.
 */
export function fitBlend(
  data: Dataset,
  policy: FitPolicy,
  train: Int32Array,
  families: readonly FittedModel[],
): FittedModel | CandidateRefusal {
  const models = families.filter(({ family }) => BLENDED.includes(family));
  if (models.length < 2) return { refused: `${models.length} of ${BLENDED.join(", ")} fitted: nothing to blend` };
  const { horizonSteps } = data.config.label;
  const rowWeight = 1 / horizonSteps;
  const { lines, weights } = mixture(
    models.map((model) => ({
      calibration: model.calibration,
      heldOut: model.outOfFold,
      own: () => scoreRows(data, train, model.score),
    })),
    rowWeight,
  );
  const parts = models.map((model, m) => ({ score: model.score, line: lines[m]!, weight: weights[m]! }));
  const score = new BlendScore(parts.filter(({ weight }) => weight > 0));
  const shares = models.map(({ family }, m) => `${family} ${weights[m]!.toFixed(2)}`).join(", ");
  const folds = models[0]!.folds.map((_, k) => blendedFold(models, k, rowWeight));
  const fitted = { family: BLEND, score, notes: [`mean log-odds, weights by held-out rows: ${shares}`], folds };
  const kind = { calibrateOn: "out-of-fold", logOdds: true } as const;
  return calibrateModel(fitted, policy, scoreRows(data, train, score), kind, horizonSteps);
}

/** Fold `k` of the blend that its own rows and the blocks held out before it give. */
function blendedFold(models: readonly FittedModel[], k: number, rowWeight: number): FoldScores {
  const parts = models.map(({ folds }) => folds[k]!);
  const before = mixture(
    models.map(({ foldCalibrations, folds }, m) => ({
      calibration: foldCalibrations[k]!,
      heldOut: heldOutBefore(folds, k),
      own: () => parts[m]!.own,
    })),
    rowWeight,
  );
  const [first] = parts;
  return {
    ...first!,
    heldOut: mixed(
      before,
      parts.map(({ heldOut }) => heldOut),
    ),
    own: mixed(
      before,
      parts.map(({ own }) => own),
    ),
  };
}

/** What is known of a part of the blend when it is mixed. */
interface KnownPart {
  readonly calibration: Calibration;
  readonly heldOut: ScoredRows;
  /** Scores of the rows that the part was fitted on. */
  readonly own: () => ScoredRows;
}

/** By part, what makes log-odds of its score, and how much they count. */
interface Mixture {
  readonly lines: readonly Line[];
  readonly weights: readonly number[];
}

function mixture(known: readonly KnownPart[], rowWeight: number): Mixture {
  const lines = known.map((part) => logOddsLine(part, rowWeight));
  const logOdds = known.map(({ heldOut }, m) => onLine(lines[m]!, heldOut).scores);
  return { lines, weights: blendWeights(logOdds, known[0]!.heldOut, rowWeight) };
}

/** What makes log-odds of a model's score: its own calibration where that is a line. */
function logOddsLine({ calibration, heldOut, own }: KnownPart, rowWeight: number): Line {
  if (calibration.method === "none") return IDENTITY;
  return calibration.method === "platt" ? calibration : fitPlattWithPrior(own(), heldOut, rowWeight);
}

/** The blend's scores of rows that every part has scored: Σ weight · log-odds. */
function mixed({ lines, weights }: Mixture, parts: readonly ScoredRows[]): ScoredRows {
  const scores = new Float64Array(parts[0]!.labels.length);
  parts.forEach((rows, m) => {
    if (weights[m]! > 0) onLine(lines[m]!, rows).scores.forEach((z, i) => (scores[i]! += weights[m]! * z));
  });
  return { ...parts[0]!, scores };
}
