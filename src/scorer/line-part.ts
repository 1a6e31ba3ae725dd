import type { ScorePart } from "./score-part.ts";

/** slope · inner + intercept. */
export class LinePart implements ScorePart {
  private readonly inner: ScorePart;
  private readonly slope: number;
  private readonly intercept: number;

  constructor(inner: ScorePart, slope: number, intercept: number) {
    this.inner = inner;
    this.slope = slope;
    this.intercept = intercept;
  }

  scoreInto(rows: Float32Array, width: number, count: number, out: Float64Array): void {
    const { slope, intercept } = this;
    this.inner.scoreInto(rows, width, count, out);
    for (let i = 0; i < count; i++) out[i] = slope * out[i]! + intercept;
  }
}
