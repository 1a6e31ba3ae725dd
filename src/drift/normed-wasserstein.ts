// How far apart two samples of a feature lie, in standard deviations of the first.

/**
 * Wasserstein-1 distance, the area between the two empirical distribution functions, over the reference's population
 * standard deviation or 0.001, whichever is larger: Evidently's "normed Wasserstein distance". Values that are not
 * finite are left out.
 *
 * Example: reference 0 2 against current 1 3 gives 1 (the area is 1, the standard deviation 1).
 * @returns `NaN` when either sample is empty.
 */
export function normedWasserstein(reference: Float64Array, current: Float64Array): number {
  const a = reference.filter(Number.isFinite).sort();
  const b = current.filter(Number.isFinite).sort();
  if (a.length === 0 || b.length === 0) return NaN;
  return area(a, b) / Math.max(deviation(a), 0.001);
}

/** ∫ |F_a − F_b| of ascending samples. */
function area(a: Float64Array, b: Float64Array): number {
  let i = 0;
  let j = 0;
  let sum = 0;
  let x = Math.min(a[0]!, b[0]!);
  while (i < a.length || j < b.length) {
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    sum += Math.abs(i / a.length - j / b.length) * (next - x);
    x = next;
    while (i < a.length && a[i] === x) i += 1;
    while (j < b.length && b[j] === x) j += 1;
  }
  return sum;
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length);
}
