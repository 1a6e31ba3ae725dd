// The calibration of one fitted score by the method that was asked for.
import type { Calibration } from "../../src/model/manifest-calibration.ts";
import type { Candidate } from "../candidates/candidate.ts";
import { chooseCalibration, type CalibrationEvidence } from "./choose-calibration.ts";
import { type CalibrationMethod, fitCalibration } from "./fit-calibration.ts";
import { fitPlattWithPrior } from "./fit-platt-with-prior.ts";
import { fitPlatt, MIN_SLOPE } from "./platt.ts";
import { type ScoredRows, weightsOf } from "./scored-rows.ts";

/** What a score is, and its values on training rows. */
export interface ScoreEvidence extends CalibrationEvidence {
  readonly calibrateOn: Candidate["calibrateOn"];
  /** The held-out scores of all folds in one list. */
  readonly outOfFold: ScoredRows;
}

/**
 * - `auto`: `chooseCalibration` for a learned score, Platt on the training rows for others.
 * - `none`: none where scores are log-odds, else Platt on the training rows.
 * - `platt`: for a learned score from the training rows' Platt towards the held-out rows' (`fitPlattWithPrior`).
 * - `beta`, `isotonic`: on held-out rows, or training rows for a score that is not learned; as `platt` where the rows
 *   do not suffice.
 *
 * The notes say what was done where the method leaves a choice.
 */
export function calibrateScore(
  method: CalibrationMethod,
  evidence: ScoreEvidence,
): { readonly calibration: Calibration; readonly notes: readonly string[] } {
  const { onTrain, outOfFold, calibrateOn, logOdds, rowWeight } = evidence;
  const learned = calibrateOn === "out-of-fold";
  const onTraining = (): Calibration => fitPlatt(onTrain.scores, onTrain.labels, weightsOf(onTrain));
  const platt = (): Calibration => (learned ? fitPlattWithPrior(onTrain, outOfFold, rowWeight) : onTraining());
  switch (method) {
    case "auto": {
      if (!learned) return withNotes(onTraining());
      const { calibration, note } = chooseCalibration(evidence);
      return withNotes(calibration, note);
    }
    case "none":
      if (logOdds) return withNotes({ method: "none" });
      return withNotes(onTraining(), ...(learned ? ["calibrated by Platt: the scores are not log-odds"] : []));
    case "platt":
      return withNotes(platt());
    case "beta":
    case "isotonic": {
      const { scores, labels } = learned ? outOfFold : onTrain;
      const fit = fitCalibration(method, scores, labels);
      return "refused" in fit ? withNotes(platt(), `calibrated by Platt: ${fit.refused}`) : withNotes(fit);
    }
  }
}

function withNotes(calibration: Calibration, ...notes: string[]) {
  if (calibration.method === "platt" && calibration.slope === MIN_SLOPE) {
    notes.push(`the calibration's slope is held at ${MIN_SLOPE}: a higher score did not mean more spikes`);
  }
  return { calibration, notes };
}
