// Fits the named calibration, or says why the rows are insufficient for it.
import type { Calibration } from "../../src/model/manifest-calibration.ts";
import { fitBeta } from "./fit-beta.ts";
import { fitIsotonic } from "./fit-isotonic.ts";

/** What `--calibration` takes. */
export const CALIBRATION_METHODS = ["auto", "none", "platt", "beta", "isotonic"] as const;
export type CalibrationMethod = (typeof CALIBRATION_METHODS)[number];

/**
 * Beta and isotonic calibration need this many positive rows. Labels of neighbouring steps share most of their horizon:
 * 1,000 rows of a one-minute horizon are a few dozen episodes. With fewer rows the curve would follow single episodes.
 */
const MIN_POSITIVES = 1000;

/**
 * @param scores finite, one per label, of rows that the score was not fitted on; @param labels 1 spike, 0 calm.
 * @returns the calibration, or why there is none: one outcome only, too few positives, or a curve that is flat because
 * a higher score did not mean more spikes.
 */
export function fitCalibration(
  method: "beta" | "isotonic",
  scores: Float64Array,
  labels: Uint8Array,
): Calibration | { readonly refused: string } {
  const positives = labels.reduce((sum, y) => sum + y, 0);
  if (positives === 0 || positives === labels.length) {
    return { refused: `${positives} spikes in ${labels.length} rows: both outcomes are needed` };
  }
  if (positives < MIN_POSITIVES) {
    return { refused: `${positives} spikes: ${method} calibration needs at least ${MIN_POSITIVES}` };
  }
  const flat = { refused: `${method} calibration is flat: a higher score did not mean more spikes` };
  if (method === "beta") {
    const beta = fitBeta(scores, labels);
    return beta.a > 0 || beta.b > 0 ? beta : flat;
  }
  const isotonic = fitIsotonic(scores, labels);
  return isotonic.probabilities[0]! < isotonic.probabilities.at(-1)! ? isotonic : flat;
}
