/** A part of a model that computes one float64 number per row. */
export interface ScorePart {
  /**
   * Writes the numbers of `count` rows to the front of `out`.
   * @param rows float32 [count, width], `NaN` for missing.
   */
  scoreInto(rows: Float32Array, width: number, count: number, out: Float64Array): void;
}
