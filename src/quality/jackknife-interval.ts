// The 95 % interval of a figure from its values with one group of blocks left out: one rule for live windows, sums over
// symbols, the trainer and its gate.
import { exp, ln } from "../features/exact-math.ts";
import type { Figure } from "../model/manifest-evaluation.ts";
import { type FigureScale, SCALES } from "./figure-scale.ts";
import { jackknifeError } from "./jackknife-error.ts";
import { studentQuantile } from "./student-quantile.ts";

/**
 * The value with its interval: Student's t times the jackknife's standard error (jackknife-error.ts), both on the
 * figure's scale, so that a share stays between 0 and 1 and an interval is longer on the side that is farther away.
 *
 * - A share of exactly 0 or 1, which has no finite logit, is bounded as n of n hits are, n groups with a spike: 0.025
 *   to the power 1/n is its distance to the other end.
 * - A difference is not bounded, but groups with more events have larger gains **and** larger errors: the end that lies
 *   farther from 0 is the farther one of plain t and of t on the scale asinh(x / reach), a logarithm far from 0.
 *   Whether the interval lies above 0 is decided by plain t.
 *
 * Example: a difference of 0.2 whose values without each of two groups are 0.3 and 0.1: error 0.1, reach 12.706 · 0.1;
 * with asinh [−1.298, 1.698].
 *
 * @param without the figure without each group, in order of time; @param hasSpike 1 for each group with a spike.
 * @returns `null` with fewer than two groups with a spike, for a figure that does not exist, or not without some group,
 * and for an end that is not a finite number.
 */
export function jackknifeInterval(
  value: number,
  without: Float64Array,
  hasSpike: Uint8Array,
  scale: FigureScale,
): Figure | null {
  const { to, from, slope } = SCALES[scale];
  if (scale === "share" && (value === 0 || value === 1)) return ofCertainShare(value, hasSpike);
  const middle = to(value);
  const scaled = without.map((x) => {
    const y = to(x);
    return Number.isFinite(y) ? y : middle + (x - value) * slope(value);
  });
  const found = Number.isFinite(middle) ? jackknifeError(scaled, hasSpike) : null;
  if (found === null) return null;
  const reach = studentQuantile(0.975, found.degrees) * found.error;
  const [low, high] =
    scale === "difference" ? differenceEnds(value, reach) : [from(middle - reach), from(middle + reach)];
  if (!(Number.isFinite(low) && Number.isFinite(high))) return null;
  // Rounding of the scale must not put the value outside.
  return { value, low: Math.min(low, value), high: Math.max(high, value) };
}

function ofCertainShare(value: number, hasSpike: Uint8Array): Figure | null {
  const groups = hasSpike.reduce((sum, flag) => sum + flag, 0);
  if (groups < 2) return null;
  const far = exp(ln(0.025) / groups);
  return value === 1 ? { value, low: far, high: 1 } : { value, low: 0, high: 1 - far };
}

function differenceEnds(value: number, reach: number): [low: number, high: number] {
  if (!(reach > 0)) return [value, value];
  const ratio = value / reach;
  const length = Math.sqrt(1 + ratio * ratio);
  // asinh(x) = ln(x + √(1 + x²)) and sinh(y) = (eʸ − e⁻ʸ) / 2, about the size of the value.
  const size = ln(Math.abs(ratio) + length);
  const sinh = (y: number): number => (reach * (exp(y) - exp(-y))) / 2;
  const [near, far] = [sinh(size - 1 / length), sinh(size + 1 / length)];
  const [low, high] = value < 0 ? [-far, -near] : [near, far];
  return [Math.min(value - reach, low), Math.max(value + reach, high)];
}
