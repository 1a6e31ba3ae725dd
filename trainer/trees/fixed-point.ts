// Gradients as whole numbers: sums of them are exact, so they are the same in any order and on any number of threads,
// a sibling's histogram by subtraction is exactly its own, and equal gains are equal to the last bit.

/**
 * How the gradient, the hessian and the row count of a row, a bin or a node are held in a pair of 64-bit integers: the
 * first is gradient · `gradientScale`, the second rows · 2^`countShift` + hessian · `hessianScale`. Scales are powers
 * of two such that all rows together stay below 2^52 and 2^`countShift`.
 */
export interface FixedPoint {
  readonly gradientScale: number;
  readonly hessianScale: number;
  readonly countShift: number;
}

const TWO_32 = 4_294_967_296;
const PER_TWO_32 = 1 / TWO_32;

/** @param largestGradient, @param largestHessian bounds of one row's absolute values. */
export function fixedPoint(rowCount: number, largestGradient: number, largestHessian: number): FixedPoint {
  const bits = 32 - Math.clz32(rowCount);
  const countShift = 63 - bits;
  return {
    gradientScale: powerOfTwo(51 - bits - exponent(largestGradient)),
    hessianScale: powerOfTwo(countShift - 1 - bits - exponent(largestHessian)),
    countShift,
  };
}

/**
 * Writes one row's pair at `pairs[at … at + 3]`, low words first. The gradient is rounded to 1/`gradientScale`: for
 * 500,000 rows 2^−32 of the largest one, and the hessian 2^−24.
 */
export function writePair(
  pairs: Int32Array,
  at: number,
  gradient: number,
  hessian: number,
  { gradientScale, hessianScale, countShift }: FixedPoint,
): void {
  const g = Math.floor(gradient * gradientScale + 0.5);
  const high = Math.floor(g * PER_TWO_32);
  pairs[at] = (g - high * TWO_32) >>> 0;
  pairs[at + 1] = high;
  const h = Math.floor(hessian * hessianScale + 0.5);
  const hessianHigh = Math.floor(h * PER_TWO_32);
  pairs[at + 2] = (h - hessianHigh * TWO_32) >>> 0;
  pairs[at + 3] = hessianHigh + (1 << (countShift - 32));
}

/** The whole number of two words, the high one signed; exact below 2^53. */
export function wholeNumber(low: number, high: number): number {
  return high * TWO_32 + (low >>> 0);
}

function exponent(bound: number): number {
  return bound > 0 ? Math.ceil(Math.log2(bound)) : 0;
}

function powerOfTwo(power: number): number {
  return 2 ** Math.max(-1000, Math.min(1000, power));
}
