// Thresholds of tree nodes from float64 to float32, such that every float32 value still takes the same branch.

/** How a tree node compares; the names of `nodes_modes` in ONNX. */
export const BRANCH_MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"] as const;
export type BranchMode = (typeof BRANCH_MODES)[number];

/**
 * The float32 threshold that compares with every float32 `x` as the float64 `t` does:
 *
 * - `x ≤ t` and `x > t`: the largest float32 at most t;
 * - `x < t` and `x ≥ t`: the smallest float32 at least t;
 * - `x = t` and `x ≠ t`: t when it is a float32, else `NaN`, which equals nothing, as t does.
 *
 * `NaN` stays `NaN`. Beyond the range of float32 the result is ± its largest number or ±∞, whichever compares alike.
 * Example: 0.1 lies between the neighbours 0.09999999403953552 and 0.10000000149011612; `BRANCH_LEQ` gives the first,
 * `BRANCH_LT` the second, though rounding to nearest would give the second for both.
 */
export function float32Threshold(mode: BranchMode, t: number): number {
  switch (mode) {
    case "BRANCH_LEQ":
    case "BRANCH_GT":
      return float32Below(t);
    case "BRANCH_LT":
    case "BRANCH_GTE":
      return -float32Below(-t);
    case "BRANCH_EQ":
    case "BRANCH_NEQ":
      return Math.fround(t) === t ? t : NaN;
  }
}

/** The largest float32 that is at most `t`; −∞ below the range. `NaN` gives `NaN`. */
export function float32Below(t: number): number {
  const nearest = Math.fround(t);
  return nearest > t ? previousFloat32(nearest) : nearest;
}

const word = new DataView(new ArrayBuffer(4));

/** The float32 next below `x`, which is a float32 above −∞. */
function previousFloat32(x: number): number {
  if (x === 0) return -(2 ** -149);
  word.setFloat32(0, x);
  word.setInt32(0, word.getInt32(0) + (x > 0 ? -1 : 1));
  return word.getFloat32(0);
}
