// Sums of resolved probabilities from which Brier skill and ECE follow, for one kind of answer and one span of time.
import { reliabilityBin, RELIABILITY_BINS } from "../quality/reliability-bin.ts";

/** Numbers of one: rows, spikes, squared errors, then per reliability bin the sum of p − y. */
export const CALIBRATION_NUMBERS = 3 + RELIABILITY_BINS;

export interface CalibrationFigures {
  readonly rows: number;
  readonly positives: number;
  /** Mean squared error. */
  readonly brier: number;
  /** 1 − Brier over that of the base rate; `null` without a spike or without a calm row. */
  readonly brierSkill: number | null;
  /** Mean |p − y| of the sums of ten bins of equal width. */
  readonly ece: number;
}

/** Adds a row to the numbers from `at` on. */
export function addCalibration(numbers: Float64Array, at: number, probability: number, label: number): void {
  const error = probability - label;
  numbers[at]! += 1;
  numbers[at + 1]! += label;
  numbers[at + 2]! += error * error;
  numbers[at + 3 + reliabilityBin(probability)]! += error;
}

/** `null` without rows. */
export function calibrationFigures(numbers: Float64Array, at: number): CalibrationFigures | null {
  const [rows, positives] = [numbers[at]!, numbers[at + 1]!];
  if (rows === 0) return null;
  const brier = numbers[at + 2]! / rows;
  const base = positives / rows;
  let gaps = 0;
  for (let bin = 0; bin < RELIABILITY_BINS; bin++) gaps += Math.abs(numbers[at + 3 + bin]!);
  const brierSkill = base > 0 && base < 1 ? 1 - brier / (base * (1 - base)) : null;
  return { rows, positives, brier, brierSkill, ece: gaps / rows };
}
