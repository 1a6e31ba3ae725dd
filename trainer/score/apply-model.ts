// A fitted model on rows of the dataset, in the trainer's own arithmetic.
import { calibrator } from "../calibrate/calibrator.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { FittedModel } from "../fit/fit-model.ts";
import { scoreRows } from "./score-rows.ts";

/** One probability per row. */
export function applyModel(
  { score, calibration }: Pick<FittedModel, "score" | "calibration">,
  data: Dataset,
  rows: Int32Array,
): Float64Array {
  return scoreRows(data, rows, score).scores.map(calibrator(calibration));
}
