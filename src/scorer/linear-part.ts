import type { ScorePart } from "./score-part.ts";

/** The numbers of a linear part; the lists run over its columns. */
export interface LinearNumbers {
  /** Places in the model's input. */
  readonly columns: Int32Array;
  readonly fill: Float64Array;
  readonly centre: Float64Array;
  readonly coefficient: Float64Array;
  readonly bias: number;
}

/**
 * Σ coefficient_j · ((x_j or, when it is NaN, fill_j) − centre_j) + bias in float64, added from left to right: what
 * `CumSum` adds.
 *
 * Example: one column with fill 2, centre 1, coefficient 3 and bias ½: x = 2 and x = NaN both give 3.5.
 */
export class LinearPart implements ScorePart {
  private readonly numbers: LinearNumbers;

  constructor(numbers: LinearNumbers) {
    this.numbers = numbers;
  }

  scoreInto(rows: Float32Array, width: number, count: number, out: Float64Array): void {
    const { columns, fill, centre, coefficient, bias } = this.numbers;
    for (let i = 0, at = 0; i < count; i++, at += width) {
      let sum = 0;
      for (let j = 0; j < columns.length; j++) {
        const x = rows[at + columns[j]!]!;
        sum += coefficient[j]! * ((x === x ? x : fill[j]!) - centre[j]!);
      }
      out[i] = sum + bias;
    }
  }
}
