// A score that is linear in imputed, centred columns. Every candidate of today has this form; the ONNX graph computes
// the same operations in the same order.
import { exp } from "../src/features/exact-math.ts";
import type { RowName } from "../src/features/schema.ts";
import type { PlattCalibration } from "../src/model/manifest-calibration.ts";

/** A column left out of a model, and why. */
export interface DroppedColumn {
  readonly name: string;
  readonly reason: string;
}

/**
 * score = bias + Σ coefficient_j · ((x_j or, when it is NaN, fill_j) − centre_j), in float64, summed from left to right.
 * The lists run over `features`.
 */
export interface LinearScore {
  readonly row: RowName;
  readonly features: readonly string[];
  /** Place of each feature in its row. */
  readonly columns: readonly number[];
  readonly fill: readonly number[];
  readonly centre: readonly number[];
  readonly coefficient: readonly number[];
  readonly bias: number;
  readonly dropped: readonly DroppedColumn[];
}

/**
 * The score of the row that begins at `offset` of float32 rows as `ClosedSteps.row` writes them, all columns present.
 *
 * Example: one column with fill 2, centre 1, coefficient 3 and bias ½: x = 2 and x = NaN both score 3.5.
 */
export function scoreRow(score: LinearScore, values: Float32Array, offset: number): number {
  const { columns, fill, centre, coefficient } = score;
  let sum = 0;
  for (let j = 0; j < columns.length; j++) {
    const x = values[offset + columns[j]!]!;
    sum += coefficient[j]! * ((x === x ? x : fill[j]!) - centre[j]!);
  }
  return sum + score.bias;
}

/** 1 / (1 + e^−x), without overflow; the same bits on every machine. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

/** The probability that a calibration makes of a score. */
export function calibrated(calibration: PlattCalibration, score: number): number {
  return sigmoid(calibration.slope * score + calibration.intercept);
}
