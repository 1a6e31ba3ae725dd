// One candidate on one set of training rows: settings, score, calibration and operating threshold, all from these rows.
import { ROWS } from "../src/features/schema.ts";
import type { PlattCalibration } from "../src/model/manifest-calibration.ts";
import type { Candidate, CandidateRefusal, ScoreFitter } from "./candidates/candidate.ts";
import type { Dataset } from "./dataset.ts";
import { innerFolds } from "./inner-folds.ts";
import { calibrated, type LinearScore, scoreRow } from "./linear-score.ts";
import { maxF1Threshold } from "./operating-threshold.ts";
import { fitPlatt, MIN_SLOPE } from "./platt.ts";
import type { Split } from "./split.ts";

export interface FittedModel {
  readonly family: string;
  readonly score: LinearScore;
  readonly calibration: PlattCalibration;
  readonly threshold: number;
  /** What the threshold was chosen for, and on what. */
  readonly goal: string;
  readonly notes: readonly string[];
}

interface Scored {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
}

/**
 * Nothing outside `train` is looked at. `train` must hold both outcomes. A family that is calibrated out of fold is
 * calibrated on all held-out blocks together, and refused when they hold one outcome only. Blocks without a spike stay in:
 * to leave them out would select by the outcome and move the base rate that calibration is about.
 */
export function fitModel(candidate: Candidate, data: Dataset, train: Int32Array): FittedModel | CandidateRefusal {
  const folds = innerFolds(data, train);
  const prepared = candidate.prepare(data, train, folds);
  if ("refused" in prepared) return prepared;
  const score = prepared.fit(train);
  const outOfFold = joined(outOfFoldScores(data, folds, prepared.fit));
  const held = outOfFold.labels.includes(1);
  const onFolds = candidate.calibrateOn === "out-of-fold";
  if (onFolds && !(held && outOfFold.labels.includes(0))) {
    return { refused: "the inner folds' held-out blocks hold one outcome only: nothing to calibrate on" };
  }
  const calibrateOn = onFolds ? outOfFold : scored(data, train, score);
  const calibration = fitPlatt(calibrateOn.scores, calibrateOn.labels);
  const thresholdOn = held ? outOfFold : scored(data, train, score);
  const probabilities = thresholdOn.scores.map((s) => calibrated(calibration, s));
  return {
    family: candidate.family,
    score,
    calibration,
    threshold: maxF1Threshold(thresholdOn.labels, probabilities).threshold,
    goal: held ? "max F1 on out-of-fold training scores" : "max F1 on training scores (no usable inner fold)",
    notes: [
      ...prepared.notes,
      ...(calibration.slope === MIN_SLOPE
        ? [`the calibration's slope is held at ${MIN_SLOPE}: a higher score did not mean more spikes`]
        : []),
    ],
  };
}

function scored(data: Dataset, rows: Int32Array, score: LinearScore): Scored {
  const width = ROWS[score.row].length;
  return {
    scores: Float64Array.from(rows, (k) => scoreRow(score, data.rows.values[score.row], k * width)),
    labels: Uint8Array.from(rows, (k) => data.rows.label[k]!),
  };
}

/** Every held-out block scored by a model that saw only what came before it, purged; one entry per fold. */
function outOfFoldScores(data: Dataset, folds: readonly Split[], fit: ScoreFitter): Scored[] {
  return folds.map((fold) => scored(data, fold.test, fit(fold.train)));
}

function joined(parts: readonly Scored[]): Scored {
  return {
    scores: Float64Array.from(parts.flatMap((part) => [...part.scores])),
    labels: Uint8Array.from(parts.flatMap((part) => [...part.labels])),
  };
}
