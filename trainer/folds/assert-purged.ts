// The last guard against a label that ends inside the test rows.

/**
 * Fails a run whose last training label ends at or after the first test row. Throws `Error`: it is a bug.
 * @param tsMs event time of every row of the dataset. @param horizonMs time from a row to the end of its label.
 */
export function assertPurged(
  tsMs: Float64Array,
  horizonMs: number,
  { train, test }: { readonly train: Int32Array; readonly test: Int32Array },
): void {
  const lastLabelMs = train.reduce((last, k) => Math.max(last, tsMs[k]! + horizonMs), -Infinity);
  const firstTestMs = test.reduce((first, k) => Math.min(first, tsMs[k]!), Infinity);
  if (!(lastLabelMs < firstTestMs)) {
    throw new Error(
      `leak: the last training label ends at ${lastLabelMs} ms, the first test row is at ${firstTestMs} ms`,
    );
  }
}
