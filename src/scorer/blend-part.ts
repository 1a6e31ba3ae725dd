import type { ScorePart } from "./score-part.ts";

/** One part of a blend. */
export interface Weighted {
  readonly weight: number;
  readonly part: ScorePart;
}

/** Σ weight · part, added from left to right. */
export class BlendPart implements ScorePart {
  private readonly parts: readonly Weighted[];
  private scratch = new Float64Array(1);

  constructor(parts: readonly Weighted[]) {
    this.parts = parts;
  }

  scoreInto(rows: Float32Array, width: number, count: number, out: Float64Array): void {
    if (this.scratch.length < count) this.scratch = new Float64Array(count);
    const { scratch } = this;
    out.fill(0, 0, count);
    for (const { weight, part } of this.parts) {
      part.scoreInto(rows, width, count, scratch);
      for (let i = 0; i < count; i++) out[i]! += weight * scratch[i]!;
    }
  }
}
