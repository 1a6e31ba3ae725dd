// The best split of one node on one column, from the column's histogram.
import { MISSING_BIN } from "./bin-layout.ts";
import { type FixedPoint, wholeNumber } from "./fixed-point.ts";

/** What a split must respect. */
export interface SplitRules {
  /** λ of the leaf value −G / (H + λ). */
  readonly l2: number;
  readonly minChildRows: number;
  /** Least sum of hessians of a child. */
  readonly minChildWeight: number;
  /** A split must gain more than this. */
  readonly minGain: number;
}

/** Sums over the rows of a node, and the bounds that splits above it on monotone columns put on its leaf values. */
export interface NodeSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  readonly lower: number;
  readonly upper: number;
}

/** Places of a found split's fields. */
export const GAIN = 0;
/** Rows with a bin up to this one go left; the last bin parts missing values from all others. */
export const BIN = 1;
export const MISSING_LEFT = 2;
export const LEFT_GRADIENT = 3;
export const LEFT_HESSIAN = 4;
export const LEFT_ROWS = 5;
export const SPLIT_FIELDS = 6;
/** Below this share of the node's own term a gain is rounding. */
const NOISE = 1e-12;

/** The leaf value that lowers the loss most within the node's bounds: −G / (H + λ), clipped; 0 without any weight. */
export function leafValue(gradient: number, hessian: number, l2: number, lower: number, upper: number): number {
  const curvature = hessian + l2;
  return Math.min(upper, Math.max(lower, curvature > 0 ? -gradient / curvature : 0));
}

/**
 * Twice the fall of the loss that a leaf value v brings: −(2Gv + (H + λ)v²), which is G² / (H + λ) for the best one.
 */
function leafTerm(gradient: number, hessian: number, l2: number, value: number): number {
  return -(2 * gradient * value + (hessian + l2) * value * value);
}

/**
 * Writes the split with the largest gain into `out[outAt …]`: gain = term(left) + term(right) − term(node), LightGBM's
 * and twice scikit-learn's. `out[outAt + GAIN]` is −Infinity when none is allowed.
 *
 * Missing values are tried on both sides; where the node has none, they go with the larger child, left if both are
 * equal. With a monotone `direction` (1 rising, −1 falling) the children's values must be in that order, but for the
 * split that parts missing values from all others: it orders no two values. Of equal gains the lowest threshold wins,
 * and missing right before missing left.
 * @param histograms pairs of 64-bit sums, four words per bin, of this column from word `at` on.
 * @param binCount bins without the missing one.
 */
export function findSplit(
  histograms: Int32Array,
  at: number,
  binCount: number,
  { gradientScale, hessianScale, countShift }: FixedPoint,
  node: NodeSums,
  direction: number,
  { l2, minChildRows, minChildWeight, minGain }: SplitRules,
  out: Float64Array,
  outAt: number,
): void {
  const { gradient, hessian, rows, lower, upper } = node;
  const gradientUnit = 1 / gradientScale;
  const hessianUnit = 1 / hessianScale;
  const shift = countShift - 32;
  const mask = (1 << shift) - 1;
  const constrained = direction !== 0 || lower !== -Infinity || upper !== Infinity;
  const own = leafTerm(gradient, hessian, l2, leafValue(gradient, hessian, l2, lower, upper));
  const missingAt = at + 4 * MISSING_BIN;
  const missingRows = histograms[missingAt + 3]! >> shift;
  const missingGradient = wholeNumber(histograms[missingAt]!, histograms[missingAt + 1]!) * gradientUnit;
  const missingHessian = wholeNumber(histograms[missingAt + 2]!, histograms[missingAt + 3]! & mask) * hessianUnit;

  let best = own + minGain + NOISE * own;
  let bestBin = -1;
  let bestMissing = 0;
  let bestGradient = 0;
  let bestHessian = 0;
  let bestRows = 0;
  let g = 0;
  let h = 0;
  let n = 0;
  const sides = missingRows > 0 ? 2 : 1;
  for (let bin = 0; bin < binCount; bin++) {
    const word = at + 4 * bin;
    const high = histograms[word + 3]!;
    const count = high >> shift;
    if (count === 0) continue;
    n += count;
    g += wholeNumber(histograms[word]!, histograms[word + 1]!) * gradientUnit;
    h += wholeNumber(histograms[word + 2]!, high & mask) * hessianUnit;
    if (rows - n < minChildRows || n === rows) break;
    const onlyMissingRight = n + missingRows === rows;
    for (let side = 0; side < sides; side++) {
      const leftRows = side === 0 ? n : n + missingRows;
      if (leftRows < minChildRows || rows - leftRows < minChildRows || leftRows === rows) continue;
      const leftGradient = side === 0 ? g : g + missingGradient;
      const leftHessian = side === 0 ? h : h + missingHessian;
      const rightGradient = gradient - leftGradient;
      const rightHessian = hessian - leftHessian;
      if (leftHessian < minChildWeight || rightHessian < minChildWeight) continue;
      const leftCurvature = leftHessian + l2;
      const rightCurvature = rightHessian + l2;
      if (!(leftCurvature > 0 && rightCurvature > 0)) continue;
      let gain: number;
      if (constrained) {
        const left = leafValue(leftGradient, leftHessian, l2, lower, upper);
        const right = leafValue(rightGradient, rightHessian, l2, lower, upper);
        if (direction * (right - left) < 0 && !onlyMissingRight) continue;
        gain = leafTerm(leftGradient, leftHessian, l2, left) + leafTerm(rightGradient, rightHessian, l2, right);
      } else {
        gain = (leftGradient * leftGradient) / leftCurvature + (rightGradient * rightGradient) / rightCurvature;
      }
      if (gain > best) {
        best = gain;
        bestBin = onlyMissingRight ? binCount - 1 : bin;
        bestMissing = side;
        bestGradient = leftGradient;
        bestHessian = leftHessian;
        bestRows = leftRows;
      }
    }
  }
  out[outAt + GAIN] = bestBin < 0 ? -Infinity : best - own;
  out[outAt + BIN] = bestBin;
  out[outAt + MISSING_LEFT] = missingRows > 0 ? bestMissing : 2 * bestRows >= rows ? 1 : 0;
  out[outAt + LEFT_GRADIENT] = bestGradient;
  out[outAt + LEFT_HESSIAN] = bestHessian;
  out[outAt + LEFT_ROWS] = bestRows;
}
