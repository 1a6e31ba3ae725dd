// One candidate on one set of training rows: settings, score, calibration and operating threshold, all from these rows.
import type { OperatingGoal } from "../../src/threshold/operating-goal.ts";
import type { Calibration } from "../../src/model/manifest-calibration.ts";
import type { CalibrationMethod } from "../calibrate/fit-calibration.ts";
import { calibrateScore } from "../calibrate/calibrate-score.ts";
import { calibrator } from "../calibrate/calibrator.ts";
import { chooseThresholds, type OperatingPoint, STANDARD_GOALS } from "../calibrate/choose-threshold.ts";
import { type FoldScores, heldOutBefore, joinRows, type ScoredRows } from "../calibrate/scored-rows.ts";
import type { Candidate, CandidateRefusal, FitContext } from "../candidates/candidate.ts";
import type { Imbalance } from "./imbalance.ts";
import type { Split } from "../folds/split.ts";
import type { Score } from "../score/score.ts";
import { scoreFold, scoreRows } from "../score/score-rows.ts";

/** How scores become probabilities and probabilities alerts. */
export interface FitPolicy {
  /** Of learned families; that of a baseline is always `auto`. */
  readonly calibration: CalibrationMethod;
  readonly goal: OperatingGoal;
}

export interface FittedModel {
  readonly family: string;
  readonly score: Score;
  readonly calibration: Calibration;
  readonly operating: OperatingPoint;
  /** The operating point and those of the other goals that these rows allow. */
  readonly operatingPoints: readonly OperatingPoint[];
  readonly notes: readonly string[];
  /** The inner folds' scores by models that saw only what came before, in order of time; empty without folds. */
  readonly folds: readonly FoldScores[];
  /** By fold, the calibration made of what was known before its block; what families are judged by. */
  readonly foldCalibrations: readonly Calibration[];
  /** Scores of all the folds' held-out blocks in one list. */
  readonly outOfFold: ScoredRows;
}

/**
 * Held-out probabilities of all folds in one list. Fits, weights and calibration are of what was known before each
 * block; a family's settings, as the number of trees, were chosen by the loss on these blocks.
 */
export function forwardProbabilities({ folds, foldCalibrations }: FittedModel): ScoredRows {
  return joinRows(
    folds.map(({ heldOut }, k) => ({ ...heldOut, scores: heldOut.scores.map(calibrator(foldCalibrations[k]!)) })),
  );
}

/** As the market drew them. */
const AS_DRAWN: Imbalance = { spikeWeight: 1, calmShare: 1 };

/**
 * What a candidate is fitted under: a baseline is the same in every run, whatever the learned families are tried with,
 * so that no option makes the gate easier.
 */
function termsOf({ baseline }: Candidate, context: FitContext, policy: FitPolicy) {
  if (!baseline) return { context, policy };
  return { context: { ...context, imbalance: AS_DRAWN }, policy: { ...policy, calibration: "auto" as const } };
}

/**
 * Uses only rows of `train`. `train` must hold both outcomes. Held-out blocks without a spike are kept: leaving them
 * out would select by the outcome and shift the base rate.
 */
export function fitModel(
  candidate: Candidate,
  given: FitContext,
  givenPolicy: FitPolicy,
  train: Int32Array,
  folds: readonly Split[],
): FittedModel | CandidateRefusal {
  const { context, policy } = termsOf(candidate, given, givenPolicy);
  const { data, imbalance } = context;
  const prepared = candidate.prepare(context, train, folds);
  if ("refused" in prepared) return prepared;
  const { family, calibrateOn } = candidate;
  const score = prepared.fit(train);
  const fitted = {
    ...{ family, score, notes: prepared.notes },
    folds: folds.map((fold) => scoreFold(data, fold, prepared.fit(fold.train))),
  };
  // Weighted spikes and calm rows left out move the level of the scores.
  const asDrawn = imbalance.spikeWeight === 1 && imbalance.calmShare === 1;
  const kind = { calibrateOn, logOdds: candidate.logOdds === true && asDrawn };
  return calibrateModel(fitted, policy, scoreRows(data, train, score), kind, data.config.label.horizonSteps);
}

/**
 * Calibrates a fitted score (`calibrateScore`) and sets its threshold on the held-out rows, or on the training rows
 * where no held-out row is positive. Each fold's score is calibrated in the same way, of its own rows and the blocks
 * held out before it.
 */
export function calibrateModel(
  fitted: Pick<FittedModel, "family" | "score" | "notes" | "folds">,
  policy: FitPolicy,
  onTrain: ScoredRows,
  kind: { readonly calibrateOn: Candidate["calibrateOn"]; readonly logOdds: boolean },
  horizonSteps: number,
): FittedModel {
  const { folds } = fitted;
  const outOfFold = heldOutBefore(folds, folds.length);
  const scale = { rowWeight: 1 / horizonSteps, ...kind };
  const evidence = { onTrain, fittedRows: onTrain.labels.length, folds, outOfFold, ...scale };
  const { calibration, notes } = calibrateScore(policy.calibration, evidence);
  const foldCalibrations = folds.map(({ own, fittedRows }, k) => {
    const before = { folds: folds.slice(0, k), outOfFold: heldOutBefore(folds, k) };
    return calibrateScore(policy.calibration, { onTrain: own, fittedRows, ...before, ...scale }).calibration;
  });
  const held = outOfFold.labels.includes(1);
  const thresholdOn = held ? outOfFold : onTrain;
  const probabilities = thresholdOn.scores.map(calibrator(calibration));
  const goals = [policy.goal, ...STANDARD_GOALS];
  const points = chooseThresholds(goals, thresholdOn.labels, probabilities);
  const operating = points[0]!;
  const where = held ? "out-of-fold training scores" : "training scores (no usable inner fold)";
  return {
    ...fitted,
    outOfFold,
    foldCalibrations,
    calibration,
    operating: { ...operating, text: `${operating.text}, on ${where}` },
    operatingPoints: points.filter((point, i) => i === 0 || (point.reached && point.goal !== operating.goal)),
    notes: [...fitted.notes, ...notes],
  };
}
