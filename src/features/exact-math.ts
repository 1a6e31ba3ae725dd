// Logarithm and exponential that give the same bits in every IEEE 754 runtime. Math.log and Math.exp do not: Node and
// workerd disagree in the last bits, and a feature row must not depend on the runtime. Only + − × ÷, sqrt and bit
// access are used; the algorithms and coefficients are those of fdlibm (e_log.c, e_exp.c; Sun Microsystems, 1993).

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
/** Index of the high word: 1 on little-endian machines, 0 otherwise. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

const LN2_HI = 6.9314718036912381649e-1;
const LN2_LO = 1.90821492927058770002e-10;
const INV_LN2 = 1.442695040888963387;
const LEAST_NORMAL = 2.2250738585072014e-308;
const TWO_54 = 18014398509481984;
const TWO_M1000 = 9.3326361850321887899e-302;

/** 2^(1023 − e) for each biased exponent e: the product with a number of this exponent is in [1, 2). */
const SCALES = new Float64Array(2048);
for (let e = 1023, up = 1, down = 1; e >= 0; e--, up *= 2, down /= 2) {
  SCALES[e] = up;
  SCALES[2046 - e] = down;
}
SCALES[2047] = SCALES[2046]! / 2;

/**
 * Natural logarithm, error below 1 ulp.
 *
 * `ln(1) === 0`, `ln(0) === -Infinity`, `ln(x < 0)` and `ln(NaN)` are `NaN`, `ln(Infinity) === Infinity`.
 * Example: `ln(0.371) === -0.9915532163747019`.
 */
export function ln(x: number): number {
  let bias = 1023;
  if (!(x >= LEAST_NORMAL && x < Infinity)) {
    if (!(x > 0)) return x === 0 ? -Infinity : NaN;
    if (x === Infinity) return Infinity;
    bias += 54;
    x *= TWO_54;
  }
  scratch[0] = x;
  // Above √2 the next exponent. The product is exact; to write the exponent's bits and read them back takes longer.
  const exponent = ((words[HIGH]! | 0) + 0x95f64) >> 20;
  const k = exponent - bias;
  const f = x * SCALES[exponent]! - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const r = even + odd;
  const half = 0.5 * f * f;
  return k * LN2_HI - (half - (s * (half + r) + k * LN2_LO) - f);
}

/** Replaces the values from place `from` to before `to` by their logarithms: faster than one call for each. */
export function lnInPlace(values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) values[i] = ln(values[i]!);
}

/**
 * e to the power x, error below 1 ulp.
 *
 * `exp(0) === 1`; above 709.78 `Infinity`, below −745.13 `0`, `NaN` for `NaN`.
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const k = Math.trunc(INV_LN2 * x + (x < 0 ? -0.5 : 0.5));
  const hi = x - k * LN2_HI;
  const lo = k * LN2_LO;
  const r = hi - lo;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (lo - (r * c) / (2 - c) - hi);
  if (k >= -1021) return scaleByPowerOfTwo(y, k);
  return scaleByPowerOfTwo(y, k + 1000) * TWO_M1000;
}

/** y · 2^k by adding k to the exponent bits, for y in [½, 2] and a normal result; k = 1024 takes two exact steps. */
function scaleByPowerOfTwo(y: number, k: number): number {
  if (k === 1024) return y * 2 * 8.98846567431158e307;
  scratch[0] = y;
  words[HIGH] = (words[HIGH]! + (k << 20)) | 0;
  return scratch[0];
}

/** The factor by which a weight decays in one step so that it halves in `halfLife` steps: ½^(1/halfLife). */
export function decayOfHalfLife(halfLife: number): number {
  if (!(halfLife > 0) || halfLife === Infinity) {
    throw new RangeError(`halfLife: got ${halfLife}, expected a finite number of steps above 0`);
  }
  return exp(-Math.LN2 / halfLife);
}
