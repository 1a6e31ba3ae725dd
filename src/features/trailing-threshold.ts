// The threshold τ over the ring's last values, whatever the time of day: a quantile, a multiple of the median, or a
// level.
import type { LabelSpec } from "./label-spec.ts";
import { SortedValues } from "./sorted-values.ts";
import type { Threshold } from "./threshold.ts";
import { thresholdMaxAgeMs } from "./threshold-age.ts";
import type { VolatilityRing } from "./volatility-ring.ts";

export class TrailingThreshold implements Threshold {
  readonly spec: Exclude<LabelSpec, { kind: "time-of-day-quantile" }>;
  private readonly floor: number;
  private readonly probability: number;
  private readonly factor: number;
  private readonly windowSteps: number;
  private readonly maxAgeMs: number;
  private readonly sorted: SortedValues;
  /** `sorted` contains the ring positions [from, to). */
  private from = 0;
  private to = 0;

  /** @param floor ε of the horizon: there is no τ while the threshold is at or below it. */
  constructor(spec: TrailingThreshold["spec"], stepMs: number, floor: number) {
    this.spec = spec;
    this.floor = floor;
    this.probability = spec.kind === "ratio" ? 0.5 : spec.quantile;
    this.factor = spec.kind === "ratio" ? spec.ratio : 1;
    this.windowSteps = spec.kind === "absolute" ? 0 : spec.windowSteps;
    this.maxAgeMs = thresholdMaxAgeMs(spec, stepMs);
    this.sorted = new SortedValues(this.windowSteps);
  }

  get count(): number {
    return this.sorted.size;
  }

  get value(): number {
    const { level } = this;
    return level > this.floor ? level : NaN;
  }

  get isFlat(): boolean {
    return this.level <= this.floor;
  }

  update(ring: VolatilityRing, tsMs: number): void {
    if (this.windowSteps === 0) return;
    const end = ring.endPosition;
    const start = Math.max(ring.startPosition, end - this.windowSteps);
    const oldestMs = tsMs - this.maxAgeMs;
    while (this.from < this.to && (this.from < start || ring.timeAt(this.from) < oldestMs)) {
      const leaving = ring.at(this.from++);
      if (this.to < end) this.sorted.replace(leaving, ring.at(this.to++));
      else this.sorted.remove(leaving);
    }
    if (this.from < start) {
      this.from = start;
      this.to = start;
    }
    while (this.to < end) this.sorted.insert(ring.at(this.to++));
  }

  /** Takes what the ring holds at `tsMs`, `NaN` before the first step. */
  fill(ring: VolatilityRing, tsMs: number): void {
    if (this.windowSteps === 0) return;
    this.to = ring.endPosition;
    this.from = ring.firstSince(Math.max(ring.startPosition, this.to - this.windowSteps), tsMs - this.maxAgeMs);
    this.sorted.fill(Float64Array.from({ length: this.to - this.from }, (_, i) => ring.at(this.from + i)));
  }

  /** τ before it is compared with ε; `NaN` below the minimum count. An absolute level needs no values. */
  private get level(): number {
    const { spec } = this;
    if (spec.kind === "absolute") return spec.levelBps / 10_000;
    return this.sorted.size < spec.minCount ? NaN : this.factor * this.sorted.quantile(this.probability);
  }
}
