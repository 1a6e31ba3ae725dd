import type { ScorePart } from "./score-part.ts";

/** min(max(inner, low), high) + shift. */
export class ClippedPart implements ScorePart {
  private readonly inner: ScorePart;
  private readonly low: number;
  private readonly high: number;
  private readonly shift: number;

  constructor(inner: ScorePart, low: number, high: number, shift: number) {
    this.inner = inner;
    this.low = low;
    this.high = high;
    this.shift = shift;
  }

  scoreInto(rows: Float32Array, width: number, count: number, out: Float64Array): void {
    const { low, high, shift } = this;
    this.inner.scoreInto(rows, width, count, out);
    for (let i = 0; i < count; i++) out[i] = Math.min(Math.max(out[i]!, low), high) + shift;
  }
}
