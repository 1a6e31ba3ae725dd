// e^x and the logistic function with the bits of onnxruntime-web, which computes them in float64 by the exponential of
// the C library musl: x = k · ln 2 / 128 + r; e^x = 2^(k / 128) · e^r by a table and a polynomial, no fused operations.
// Algorithm and coefficients: Szabolcs Nagy, Arm Limited, "Optimized Routines" (exp.c). The table is computed here.

const TABLE_SIZE = 128;
const INVERSE_STEP = 184.6649652337873;
const STEP_HIGH = -0.005415212348111709;
const STEP_LOW = -1.2864023111638346e-14;
/** Added and taken away, it rounds to a whole number. */
const ROUNDING = 6755399441055744;
const C2 = 0.49999999999996786;
const C3 = 0.16666666666665886;
const C4 = 0.0416666808410674;
const C5 = 0.008333335853059549;
/** Beyond it float32 has only 0 and infinity, and float64 exponents would need more care. */
const LIMIT = 512;
const LEAST = 2 ** -54;
/** Bits of the fixed-point numbers that the table is computed with. */
const FRACTION = 200n;

/** 2^(i / 128), and what the float64 lacks as a share of it. */
const POWERS = new Float64Array(TABLE_SIZE);
const TAILS = new Float64Array(TABLE_SIZE);
/** 2^(e − 1024) at place e. */
const SCALES = new Float64Array(2048);

fillTables();

/**
 * e^x, float64. For |x| < 512 the bits of onnxruntime's `Exp`; beyond, 0 or infinity, which are its bits once they are
 * rounded to float32. `NaN` gives `NaN`.
 *
 * Example: `runtimeExp(-1.8109002542907682) === 0.16350687276133397`.
 */
export function runtimeExp(x: number): number {
  if (!(x < LIMIT)) return x === x ? Infinity : NaN;
  if (x <= -LIMIT) return 0;
  if (x < LEAST && x > -LEAST) return 1 + x;
  const rounded = x * INVERSE_STEP + ROUNDING - ROUNDING;
  const r = x + rounded * STEP_HIGH + rounded * STEP_LOW;
  const k = rounded | 0;
  const i = k & (TABLE_SIZE - 1);
  const r2 = r * r;
  const rest = TAILS[i]! + r + r2 * (C2 + r * C3) + r2 * r2 * (C4 + r * C5);
  const scale = POWERS[i]! * SCALES[(k >> 7) + 1024]!;
  return scale + scale * rest;
}

/** 1 / (1 + e^−x) as onnxruntime's `Sigmoid` computes it in float64: below 0 it is 1 − 1 / (1 + e^x). */
export function runtimeSigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + runtimeExp(-x));
  return 1 - 1 / (1 + runtimeExp(x));
}

function fillTables(): void {
  for (let e = 1024, up = 1, down = 1; e >= 0; e--, up *= 2, down /= 2) {
    SCALES[e] = down;
    SCALES[2048 - e] = up;
  }
  let step = 2n << FRACTION;
  for (let size = TABLE_SIZE; size > 1; size /= 2) step = squareRoot(step << FRACTION);
  let power = 1n << FRACTION;
  for (let i = 0; i < TABLE_SIZE; i++) {
    const bits = roundShift(power, FRACTION - 52n);
    const kept = bits << (FRACTION - 52n);
    POWERS[i] = Number(bits) * 2 ** -52;
    TAILS[i] = toFloat(((power - kept) << FRACTION) / kept);
    power = (power * step) >> FRACTION;
  }
}

/** n / 2^200, rounded to float64. */
function toFloat(n: bigint): number {
  const size = n < 0n ? -n : n;
  const excess = BigInt(Math.max(0, size.toString(2).length - 53));
  return (n < 0n ? -1 : 1) * Number(roundShift(size, excess)) * 2 ** (Number(excess) - Number(FRACTION));
}

/** n / 2^shift to the nearest whole number; no value of the table is half-way. */
function roundShift(n: bigint, shift: bigint): bigint {
  return shift === 0n ? n : ((n >> (shift - 1n)) + 1n) >> 1n;
}

function squareRoot(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
