// Which probabilities of a fitted model stand for those that it will give to new rows.
import { calibrator } from "../calibrate/calibrator.ts";
import { applyModel } from "../score/apply-model.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { FittedModel } from "../fit/fit-model.ts";
import { innerFolds } from "../folds/inner-folds.ts";
import type { ScoredPositions } from "./drift-references.ts";

/**
 * The model's held-out scores under its calibration, one per row of its inner folds; without folds the probabilities of
 * all training rows. A model is overconfident on its training rows. Held-out scores are, like live ones, of rows that
 * their models were not fitted on.
 * @param train the rows that the model was fitted on.
 */
export function heldOutProbabilities(model: FittedModel, data: Dataset, train: Int32Array): ScoredPositions {
  const { scores } = model.outOfFold;
  if (scores.length === 0) return { positions: train, probabilities: applyModel(model, data, train) };
  const folds = innerFolds(data, train).map(({ test }) => test);
  const rows = folds.reduce((sum, test) => sum + test.length, 0);
  if (rows !== scores.length) {
    throw new Error(`held-out rows: ${rows} rows in the inner folds, ${scores.length} held-out scores`);
  }
  const positions = new Int32Array(rows);
  let at = 0;
  for (const test of folds) {
    positions.set(test, at);
    at += test.length;
  }
  return { positions, probabilities: scores.map(calibrator(model.calibration)) };
}
