// Least squares whose rows are forgotten: sums of products, and their solution by Cholesky with a small ridge.

/** Ridge on every coefficient but the first, relative to the weight of all rows. */
const RIDGE = 1e-4;
/** Keeps the matrix regular whatever the rows are. */
const LEAST_PIVOT = 1e-12;

/** Regresses y on `size` terms, of which the first is 1. */
export class NormalEquations {
  /** The products of terms [size × size], then those with y [size]. */
  readonly sums: Float64Array;
  private readonly size: number;
  private readonly decay: number;
  private readonly factor: Float64Array;

  /** @param decay by how much each row weighs less after the next one, above 0 and at most 1. */
  constructor(size: number, decay: number) {
    this.size = size;
    this.decay = decay;
    this.sums = new Float64Array(size * size + size);
    this.factor = new Float64Array(size * size);
  }

  add(terms: Float64Array, y: number): void {
    const { size, sums, decay } = this;
    for (let i = 0; i < size; i++) {
      const term = terms[i]!;
      for (let j = 0; j <= i; j++) {
        const at = i * size + j;
        sums[at] = sums[at]! * decay + term * terms[j]!;
      }
      const at = size * size + i;
      sums[at] = sums[at]! * decay + term * y;
    }
  }

  /** Writes the coefficients to `out`. Example: of y = 2x on rows (1, x) about (0, 2). */
  solve(out: Float64Array): void {
    const { size, sums, factor } = this;
    const ridge = RIDGE * sums[0]!;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        let rest = sums[i * size + j]! + (i === j && i > 0 ? ridge : 0);
        for (let k = 0; k < j; k++) rest -= factor[i * size + k]! * factor[j * size + k]!;
        factor[i * size + j] = i === j ? Math.sqrt(Math.max(rest, LEAST_PIVOT)) : rest / factor[j * size + j]!;
      }
    }
    for (let i = 0; i < size; i++) {
      let rest = sums[size * size + i]!;
      for (let k = 0; k < i; k++) rest -= factor[i * size + k]! * out[k]!;
      out[i] = rest / factor[i * size + i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      let rest = out[i]!;
      for (let k = i + 1; k < size; k++) rest -= factor[k * size + i]! * out[k]!;
      out[i] = rest / factor[i * size + i]!;
    }
  }
}
