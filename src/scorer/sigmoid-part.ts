import { runtimeSigmoid } from "./runtime-exp.ts";
import type { ScorePart } from "./score-part.ts";

/** The logistic function of a part. */
export class SigmoidPart implements ScorePart {
  private readonly inner: ScorePart;

  constructor(inner: ScorePart) {
    this.inner = inner;
  }

  scoreInto(rows: Float32Array, width: number, count: number, out: Float64Array): void {
    this.inner.scoreInto(rows, width, count, out);
    for (let i = 0; i < count; i++) out[i] = runtimeSigmoid(out[i]!);
  }
}
