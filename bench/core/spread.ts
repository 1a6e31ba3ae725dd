// What several rounds of one figure say: the middle, the quartiles and the ends.

export interface Spread {
  readonly count: number;
  readonly median: number;
  /** A quarter of the values is at most this one. */
  readonly q1: number;
  /** A quarter of the values is at least this one. */
  readonly q3: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Quantiles between two values are interpolated, as `numpy.quantile` does by default.
 *
 * Example: of 1, 2, 3 and 10 the median is 2.5 and the quartiles are 1.75 and 4.75.
 * @throws RangeError without a value, and for one that is not finite.
 */
export function spreadOf(values: readonly number[]): Spread {
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new RangeError(`values: got ${wrong}, expected finite numbers`);
  if (values.length === 0) throw new RangeError("values: got none, expected one or more");
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => quantileOf(sorted, share);
  return { count: values.length, median: at(0.5), q1: at(0.25), q3: at(0.75), least: at(0), most: at(1) };
}

/** The quantile of values that are sorted; `share` from 0 to 1. */
function quantileOf(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (place % 1) * (sorted[Math.ceil(place)]! - below);
}
