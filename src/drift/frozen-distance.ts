// Distances of a sample from a frozen distribution given by quantiles only; between two quantiles it is taken as
// uniform.

/** Number of ascending knots that are ≤ x (`inclusive`) or < x. */
function knotsUpTo(knots: readonly number[], x: number, inclusive: boolean): number {
  let low = 0;
  let high = knots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const knot = knots[middle]!;
    if (knot < x || (inclusive && knot === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Share of the frozen distribution at or below x. Ties among the knots are jumps.
 *
 * Example: knots 0 0 1 2 stand for ⅓ of the values at 0 and the rest spread evenly: ⅓ at 0, ½ at 0.5, 1 from 2 on.
 */
export function frozenShareUpTo(knots: readonly number[], x: number): number {
  const count = knotsUpTo(knots, x, true);
  if (count === 0) return 0;
  if (count === knots.length) return 1;
  const below = knots[count - 1]!;
  return (count - 1 + (x - below) / (knots[count]! - below)) / (knots.length - 1);
}

/** Share of the frozen distribution strictly below x: without the jump at x. */
export function frozenShareBelow(knots: readonly number[], x: number): number {
  const count = knotsUpTo(knots, x, false);
  if (count === 0) return 0;
  if (count === knots.length) return 1;
  const below = knots[count - 1]!;
  return (count - 1 + (x - below) / (knots[count]! - below)) / (knots.length - 1);
}

/**
 * Normed Wasserstein-1 distance ∫ |Q_reference(p) − Q_sample(p)| dp over max(deviation, 0.001), exact for the
 * distribution of the knots.
 *
 * Example: the knots 0 1 (uniform) with deviation ½ against the one value 0: an area of ½, a distance of 1.
 * @param sorted ascending finite values. @param deviation population standard deviation of the reference.
 * @returns `NaN` when either side is empty.
 */
export function frozenWasserstein(knots: readonly number[], deviation: number, sorted: Float64Array): number {
  const pieces = knots.length - 1;
  const n = sorted.length;
  if (pieces < 1 || n === 0) return NaN;
  let sum = 0;
  let p = 0;
  let i = 0;
  let k = 0;
  while (i < n && k < pieces) {
    // Breakpoints i/n and k/pieces are compared as whole numbers, so that a common one is handled once.
    const ofSample = (i + 1) * pieces;
    const ofKnots = (k + 1) * n;
    const next = Math.min(ofSample, ofKnots) / (n * pieces);
    const slope = (knots[k + 1]! - knots[k]!) * pieces;
    const from = knots[k]! + (p - k / pieces) * slope - sorted[i]!;
    const to = knots[k]! + (next - k / pieces) * slope - sorted[i]!;
    sum += (next - p) * meanDistance(from, to);
    p = next;
    if (ofSample <= ofKnots) i += 1;
    if (ofKnots <= ofSample) k += 1;
  }
  return sum / Math.max(deviation, 0.001);
}

/** Mean of |x| for x uniform from a to b. */
function meanDistance(a: number, b: number): number {
  if (a >= 0 === b >= 0) return Math.abs(a + b) / 2;
  return (a * a + b * b) / (2 * (Math.abs(a) + Math.abs(b)));
}

/**
 * Kolmogorov–Smirnov statistic sup |F_reference − F_sample|, exact for the distribution of the knots.
 * @param sorted ascending finite values.
 * @returns `NaN` when either side is empty.
 */
export function frozenKolmogorovSmirnov(knots: readonly number[], sorted: Float64Array): number {
  const n = sorted.length;
  if (knots.length === 0 || n === 0) return NaN;
  let largest = 0;
  for (let i = 0; i < n;) {
    const x = sorted[i]!;
    const before = Math.abs(frozenShareBelow(knots, x) - i / n);
    while (i < n && sorted[i] === x) i += 1;
    const after = Math.abs(frozenShareUpTo(knots, x) - i / n);
    largest = Math.max(largest, before, after);
  }
  return largest;
}
