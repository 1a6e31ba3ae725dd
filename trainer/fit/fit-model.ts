// One candidate on one set of training rows: settings, score, calibration and operating threshold, all from these rows.
import { ROWS } from "../../src/features/schema.ts";
import type { Calibration, PlattCalibration } from "../../src/model/manifest-calibration.ts";
import { calibrator } from "../calibrate/calibrator.ts";
import { type CalibrationMethod, fitCalibration } from "../calibrate/fit-calibration.ts";
import type { Candidate, CandidateRefusal, FitContext, ScoreFitter } from "../candidates/candidate.ts";
import {
  chooseThresholds,
  type OperatingGoal,
  type OperatingPoint,
  STANDARD_GOALS,
} from "../calibrate/choose-threshold.ts";
import { fitPlatt, MIN_SLOPE } from "../calibrate/platt.ts";
import { fitPlattWithPrior } from "../calibrate/fit-platt-with-prior.ts";
import type { Dataset } from "../rows/dataset.ts";
import { symbolWeights } from "../rows/symbol-weights.ts";
import type { Score } from "../score/score.ts";
import type { Split } from "../folds/split.ts";

/** How scores become probabilities and probabilities alerts; the same for all families of a run. */
export interface FitPolicy {
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
  /** Scores of the inner folds' held-out blocks by models that saw only what came before; empty without folds. */
  readonly outOfFold: ScoredRows;
}

/** Scores and labels of the same rows, and how much each counts for its symbol; `undefined`: 1 each. */
export interface ScoredRows {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly weights?: Float64Array | undefined;
}

/**
 * Uses only rows of `train`. `train` must hold both outcomes. A family that is calibrated out of fold is calibrated on
 * all held-out blocks together. Blocks without a spike are kept: leaving them out would select by the outcome and shift
 * the base rate.
 */
export function fitModel(
  candidate: Candidate,
  context: FitContext,
  policy: FitPolicy,
  train: Int32Array,
  folds: readonly Split[],
): FittedModel | CandidateRefusal {
  const { data } = context;
  const prepared = candidate.prepare(context, train, folds);
  if ("refused" in prepared) return prepared;
  const score = prepared.fit(train);
  const outOfFold = outOfFoldScores(data, folds, prepared.fit);
  const onTrain = scoreRows(data, train, score);
  const fitted = { family: candidate.family, score, notes: prepared.notes, outOfFold };
  return calibrateModel(fitted, policy, onTrain, candidate.calibrateOn, data.config.label.horizonSteps);
}

/**
 * Calibrates a fitted score and sets its threshold on the held-out rows, or on the training rows where no held-out row
 * is positive. A learned score's Platt calibration begins at that of its training rows and is moved by the held-out
 * ones (`fitPlattWithPrior`).
 */
export function calibrateModel(
  fitted: Pick<FittedModel, "family" | "score" | "notes" | "outOfFold">,
  policy: FitPolicy,
  onTrain: ScoredRows,
  calibrateOn: Candidate["calibrateOn"],
  horizonSteps: number,
): FittedModel {
  const { outOfFold } = fitted;
  const { calibration, notes } =
    calibrateOn === "training-rows"
      ? calibrate(policy.calibration, onTrain, () => fitPlatt(onTrain.scores, onTrain.labels, onTrain.weights))
      : calibrate(policy.calibration, outOfFold, () => fitPlattWithPrior(onTrain, outOfFold, 1 / horizonSteps));
  const held = outOfFold.labels.includes(1);
  const thresholdOn = held ? outOfFold : onTrain;
  const probabilities = thresholdOn.scores.map(calibrator(calibration));
  const goals = [policy.goal, ...STANDARD_GOALS];
  const points = chooseThresholds(goals, thresholdOn.labels, probabilities);
  const operating = points[0]!;
  const where = held ? "out-of-fold training scores" : "training scores (no usable inner fold)";
  return {
    ...fitted,
    calibration,
    operating: { ...operating, text: `${operating.text}, on ${where}` },
    operatingPoints: points.filter((point, i) => i === 0 || (point.reached && point.goal !== operating.goal)),
    notes: [...fitted.notes, ...notes],
  };
}

function calibrate(method: CalibrationMethod, { scores, labels }: ScoredRows, platt: () => PlattCalibration) {
  const fit = method === "platt" ? platt() : fitCalibration(method, scores, labels);
  const calibration: Calibration = "refused" in fit ? platt() : fit;
  const notes: string[] = [];
  if ("refused" in fit) notes.push(`calibrated by Platt: ${fit.refused}`);
  if (calibration.method === "platt" && calibration.slope === MIN_SLOPE) {
    notes.push(`the calibration's slope is held at ${MIN_SLOPE}: a higher score did not mean more spikes`);
  }
  return { calibration, notes };
}

/** Scores and labels of rows of the dataset. */
export function scoreRows(data: Dataset, rows: Int32Array, score: Score): ScoredRows {
  const width = ROWS[score.row].length;
  const values = data.rows.values[score.row];
  return {
    scores: Float64Array.from(rows, (k) => score.scoreRow(values, k * width)),
    labels: Uint8Array.from(rows, (k) => data.rows.label[k]!),
    weights: symbolWeights(data, rows),
  };
}

/**
 * Every held-out block scored by a model that saw only what came before it, purged; all folds in one list. Symbols are
 * weighed over all of them together.
 */
function outOfFoldScores(data: Dataset, folds: readonly Split[], fit: ScoreFitter): ScoredRows {
  const parts = folds.map((fold) => scoreRows(data, fold.test, fit(fold.train)));
  const rows = parts.reduce((sum, { labels }) => sum + labels.length, 0);
  const positions = Int32Array.from(folds.flatMap(({ test }) => [...test]));
  const joined = {
    scores: new Float64Array(rows),
    labels: new Uint8Array(rows),
    weights: symbolWeights(data, positions),
  };
  let at = 0;
  for (const { scores, labels } of parts) {
    joined.scores.set(scores, at);
    joined.labels.set(labels, at);
    at += labels.length;
  }
  return joined;
}
