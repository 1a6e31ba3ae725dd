// The finite values of a sample, the input of every distance.

/** The finite values in ascending order, a new array. Example: 3 NaN 1 gives 1 3. */
export function sortedFinite(values: Float64Array): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  // A loop, because `filter` would take most of the time of closing a window.
  for (const x of values) if (Number.isFinite(x)) kept[count++] = x;
  return kept.subarray(0, count).sort();
}

/** Number of finite values. */
export function countFinite(values: Float64Array): number {
  let count = 0;
  for (const x of values) if (Number.isFinite(x)) count += 1;
  return count;
}
