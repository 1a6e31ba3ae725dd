import type { ScorePart } from "./score-part.ts";

/** The pieces of an isotonic calibration; the lists run over them. */
export interface Pieces {
  readonly from: Float64Array;
  readonly width: Float64Array;
  readonly slope: Float64Array;
  readonly base: number;
}

/**
 * Σ slope_i · min(max(score − from_i, 0), width_i) + base, held in [0, 1], added over all pieces from left to right:
 * what `CumSum` adds. `NaN` gives `NaN`.
 */
export class IsotonicPart implements ScorePart {
  private readonly inner: ScorePart;
  private readonly pieces: Pieces;

  constructor(inner: ScorePart, pieces: Pieces) {
    this.inner = inner;
    this.pieces = pieces;
  }

  scoreInto(rows: Float32Array, width: number, count: number, out: Float64Array): void {
    const { from, width: widths, slope, base } = this.pieces;
    this.inner.scoreInto(rows, width, count, out);
    for (let i = 0; i < count; i++) {
      const score = out[i]!;
      let sum = 0;
      for (let k = 0; k < from.length; k++) sum += slope[k]! * Math.min(Math.max(score - from[k]!, 0), widths[k]!);
      out[i] = Math.max(Math.min(sum + base, 1), 0);
    }
  }
}
