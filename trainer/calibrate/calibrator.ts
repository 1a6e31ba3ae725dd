// Turns a score into a probability, for every kind of calibration that a manifest can name.
import type { Calibration } from "../../src/model/manifest-calibration.ts";
import { sigmoid } from "../score/sigmoid.ts";
import { betaTerms } from "./beta-terms.ts";
import { isotonicSlopes } from "./isotonic-slopes.ts";

/**
 * The calibration as a function of the score, a real number read as log-odds.
 *
 * - `platt`: 1 / (1 + e^−(slope · score + intercept))
 * - `beta`: 1 / (1 + e^−(a · ln p − b · ln(1 − p) + c)) with p = 1 / (1 + e^−score), the score clipped to ±30
 * - `isotonic`: linear between its points, constant beyond them, clipped to [0, 1]
 * - `none`: 1 / (1 + e^−score)
 *
 * `NaN` gives `NaN`. `addCalibration` computes the same in ONNX.
 *
 * Example: platt with slope 2 and intercept −1 makes ½ of score ½; isotonic through (0, 0.1) and (2, 0.5) makes 0.3 of
 * 1.
 */
export function calibrator(calibration: Calibration): (score: number) => number {
  switch (calibration.method) {
    case "platt":
      return (score) => sigmoid(calibration.slope * score + calibration.intercept);
    case "beta":
      return (score) => {
        const { lnP, minusLnQ } = betaTerms(score);
        return sigmoid(calibration.a * lnP + calibration.b * minusLnQ + calibration.c);
      };
    case "isotonic": {
      const { base, from, width, slope } = isotonicSlopes(calibration);
      // Prefix sums over the pieces below a score, added in the order in which the graph adds them.
      const sums = new Float64Array(from.length + 1);
      from.forEach((_, i) => (sums[i + 1] = sums[i]! + slope[i]! * width[i]!));
      return (score) => {
        if (Number.isNaN(score)) return NaN;
        const i = lastBelow(from, score);
        const inside = i < 0 ? 0 : slope[i]! * Math.min(score - from[i]!, width[i]!);
        return Math.min(Math.max((i < 0 ? 0 : sums[i]!) + inside + base, 0), 1);
      };
    }
    case "none":
      return sigmoid;
  }
}

/** Place of the last value below x in an ascending list; −1 when there is none. */
function lastBelow(values: readonly number[], x: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
