// An isotonic calibration as a sum of ramps: the form in which both the trainer and the ONNX graph compute it.
import type { IsotonicCalibration } from "../../src/model/manifest-calibration.ts";

/** Piece i begins at score `from[i]`, is `width[i]` wide and rises by `slope[i]` per unit of score. */
export interface IsotonicSlopes {
  /** The probability at and below the first point. */
  readonly base: number;
  readonly from: readonly number[];
  readonly width: readonly number[];
  readonly slope: readonly number[];
}

/**
 * probability = base + Σ slope_i · clip(score − from_i, 0, width_i). Pieces that do not rise are left out, so a
 * constant calibration has none.
 *
 * Points of equal score, which a manifest may hold, are one jump: a ramp one unit in the last place wide, inside which
 * no float64 score lies (at least 2⁻⁵⁰⁰, so that its slope stays finite).
 */
export function isotonicSlopes({ scores, probabilities }: IsotonicCalibration): IsotonicSlopes {
  const from: number[] = [];
  const width: number[] = [];
  const slope: number[] = [];
  for (let i = 0; i + 1 < scores.length; i++) {
    const rise = probabilities[i + 1]! - probabilities[i]!;
    if (!(rise > 0)) continue;
    const x = scores[i]!;
    const w = Math.max(scores[i + 1]! - x, Math.abs(x) * Number.EPSILON, 2 ** -500);
    from.push(x);
    width.push(w);
    slope.push(rise / w);
  }
  return { base: probabilities[0]!, from, width, slope };
}
