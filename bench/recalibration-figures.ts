// Calibration of some rows, computed by the same sums as the gateway's.
import { addCalibration, CALIBRATION_NUMBERS, calibrationFigures } from "../src/recalibration/calibration-sums.ts";

/** Rows from place `from` to before `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Calibrated {
  readonly ece: number;
  /** 1 − Brier over that of the span's own base rate; `NaN` without a spike. */
  readonly skill: number;
}

/** Of all rows without a span. */
export function calibrationOf(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  { from, to }: Span = { from: 0, to: labels.length },
): Calibrated {
  const sums = new Float64Array(CALIBRATION_NUMBERS);
  for (let k = from; k < to; k++) addCalibration(sums, 0, probabilities[k]!, labels[k]!);
  const figures = calibrationFigures(sums, 0);
  return { ece: figures?.ece ?? NaN, skill: figures?.brierSkill ?? NaN };
}
