// A float32 that parts two others.

const LARGEST = 3.4028234663852886e38;

/**
 * A float32 t with a ≤ t < b for float32 a < b, so that the rule `x ≤ t` parts them; strictly between the two wherever
 * a float32 lies there, and a itself where none does; never −0.
 *
 * Example: between 1 and 2 it is 1.5, between 0 and the smallest float32 it is 0.
 */
export function thresholdBetween(a: number, b: number): number {
  const middle = Math.fround(Math.max(a, -LARGEST) / 2 + Math.min(b, LARGEST) / 2);
  return (middle >= a && middle < b ? middle : a) + 0;
}
