// Percentiles of latencies.

/**
 * The value that a share of all is at most, without interpolation. Sorts `values` in place.
 * @throws RangeError without a value.
 */
export function percentile(values: number[], share: number): number {
  values.sort((a, b) => a - b);
  const found = values[Math.min(values.length - 1, Math.floor(share * values.length))];
  if (found === undefined) throw new RangeError("values: got none, expected one or more");
  return found;
}
