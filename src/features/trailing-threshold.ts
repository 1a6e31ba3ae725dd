// The threshold τ of one label spec: an exact quantile of the ring's last values, kept sorted. Each step replaces one
// value by moving the values between the old and the new position.
import type { LabelSpec } from "./label-spec.ts";
import type { VolatilityRing } from "./volatility-ring.ts";

/**
 * τ after each step. Its state is a function of the ring: a new spec is filled from the ring at once, and a restored
 * threshold equals one that was never interrupted.
 */
export class TrailingThreshold {
  readonly spec: LabelSpec;
  private readonly floor: number;
  private readonly probability: number;
  private readonly factor: number;
  private readonly sorted: Float64Array;
  private size = 0;
  /** `sorted` contains the ring positions [from, to). */
  private from = 0;
  private to = 0;

  /**
   * @param floor ε of the horizon: there is no τ while the threshold is at or below it. Throws `RangeError` when the
   * spec's window does not fit the ring.
   */
  constructor(spec: LabelSpec, ring: VolatilityRing, floor: number) {
    if (spec.kind !== "absolute" && spec.windowSteps > ring.capacity) {
      throw new RangeError(`label.windowSteps: got ${spec.windowSteps}, expected at most the ring's ${ring.capacity}`);
    }
    this.spec = spec;
    this.floor = floor;
    this.probability = spec.kind === "ratio" ? 0.5 : spec.quantile;
    this.factor = spec.kind === "ratio" ? spec.ratio : 1;
    this.sorted = new Float64Array(spec.kind === "absolute" ? 0 : spec.windowSteps);
    this.fill(ring);
  }

  /** Number of values behind the threshold. */
  get count(): number {
    return this.size;
  }

  /** Updates from the ring; call it after each push, while the removed value can still be read. */
  update(ring: VolatilityRing): void {
    if (this.sorted.length === 0) return;
    const end = ring.endPosition;
    const start = Math.max(ring.startPosition, end - this.sorted.length);
    while (this.from < start && this.from < this.to) {
      const leaving = ring.at(this.from++);
      if (this.to < end) this.replace(leaving, ring.at(this.to++));
      else this.remove(leaving);
    }
    if (this.from < start) {
      this.from = start;
      this.to = start;
    }
    while (this.to < end) this.insert(ring.at(this.to++));
  }

  /**
   * τ as a fraction (not bps), or `NaN` while fewer than `minCount` values exist (an absolute level needs none) or τ ≤
   * ε.
   */
  get value(): number {
    const { spec } = this;
    if (spec.kind !== "absolute" && this.size < spec.minCount) return NaN;
    const tau = spec.kind === "absolute" ? spec.levelBps / 10_000 : this.factor * this.quantile();
    return tau > this.floor ? tau : NaN;
  }

  /** Type-7 ("linear") quantile, as NumPy computes it: v[j] + (h − j)(v[j+1] − v[j]) with h = (n − 1)p. */
  private quantile(): number {
    const h = (this.size - 1) * this.probability;
    const j = Math.floor(h);
    const low = this.sorted[j]!;
    return j + 1 < this.size ? low + (h - j) * (this.sorted[j + 1]! - low) : low;
  }

  private fill(ring: VolatilityRing): void {
    if (this.sorted.length === 0) return;
    this.to = ring.endPosition;
    this.from = Math.max(ring.startPosition, this.to - this.sorted.length);
    this.size = this.to - this.from;
    for (let i = 0; i < this.size; i++) this.sorted[i] = ring.at(this.from + i);
    this.sorted.subarray(0, this.size).sort();
  }

  /** First index whose value is at least x. */
  private lowerBound(x: number): number {
    const { sorted } = this;
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insert(x: number): void {
    const at = this.lowerBound(x);
    this.sorted.copyWithin(at + 1, at, this.size);
    this.sorted[at] = x;
    this.size += 1;
  }

  private remove(x: number): void {
    const at = this.lowerBound(x);
    this.sorted.copyWithin(at, at + 1, this.size);
    this.size -= 1;
  }

  /** Replaces one value by another, moving only the values between the two positions. */
  private replace(leaving: number, entering: number): void {
    const { sorted } = this;
    const out = this.lowerBound(leaving);
    const at = this.lowerBound(entering);
    if (at <= out) {
      sorted.copyWithin(at + 1, at, out);
      sorted[at] = entering;
    } else {
      sorted.copyWithin(out, out + 1, at);
      sorted[at - 1] = entering;
    }
  }
}
