// Rows that trees are fitted on, and the checks that hold before any of them is read.

/** Rows with their targets. */
export interface TreeData {
  /** float32 [n × width], row after row; `NaN` is missing. */
  readonly x: Float32Array;
  readonly width: number;
  /** [n]; 0 or 1 for the logistic loss, any finite number for the squared one. */
  readonly targets: Float64Array;
  /** [n], not negative; without it every row weighs 1. */
  readonly weights?: Float64Array;
}

/**
 * Throws a RangeError that names the field unless there is at least one row and one column, the lengths agree, targets
 * are finite, and weights are finite, not negative and not all zero.
 */
export function checkTreeData({ x, width, targets, weights }: TreeData): void {
  if (!(Number.isInteger(width) && width > 0)) throw new RangeError(`width: got ${width}, expected a whole number > 0`);
  if (targets.length === 0) throw new RangeError("targets: got no rows, expected at least one");
  if (x.length !== targets.length * width) {
    throw new RangeError(`x: got ${x.length} values, expected ${targets.length} rows × ${width} columns`);
  }
  const strange = targets.findIndex((y) => !Number.isFinite(y));
  if (strange >= 0) throw new RangeError(`targets[${strange}]: got ${targets[strange]}, expected a finite number`);
  if (weights === undefined) return;
  if (weights.length !== targets.length) {
    throw new RangeError(`weights: got ${weights.length}, expected one per row, ${targets.length}`);
  }
  const wrong = weights.findIndex((w) => !(w >= 0 && w < Infinity));
  if (wrong >= 0) throw new RangeError(`weights[${wrong}]: got ${weights[wrong]}, expected a finite number ≥ 0`);
  if (!weights.some((w) => w > 0)) throw new RangeError("weights: all are 0, expected one above 0");
}
