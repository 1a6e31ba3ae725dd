// The threshold τ of the same time of day: an exact quantile of the ring's values whose horizon ended in the slot of
// the UTC day in which the next horizon will end. One sorted list per slot; a step changes one or two of them.
import type { LabelSpec } from "./label-spec.ts";
import { SortedValues } from "./sorted-values.ts";
import type { Threshold } from "./threshold.ts";
import { thresholdMaxAgeMs } from "./threshold-age.ts";
import type { VolatilityRing } from "./volatility-ring.ts";

const DAY_MS = 86_400_000;

/**
 * Days without trading have no values, so they take no room in the window: it counts values, and reaches back as many
 * trading days as it needs. A slot outside the session has no values, and so no τ.
 */
export class TimeOfDayThreshold implements Threshold {
  readonly spec: Extract<LabelSpec, { kind: "time-of-day-quantile" }>;
  private readonly stepMs: number;
  private readonly slotMs: number;
  private readonly horizonMs: number;
  private readonly floor: number;
  private readonly maxAgeMs: number;
  private readonly slots: readonly SortedValues[];
  /** `slots` contain the ring positions [from, to). */
  private from = 0;
  private to = 0;
  /** The values of the slot in which the next horizon ends. */
  private next: SortedValues = new SortedValues();

  /** @param floor ε of the horizon: there is no τ while the threshold is at or below it. */
  constructor(spec: TimeOfDayThreshold["spec"], stepMs: number, floor: number) {
    this.spec = spec;
    this.stepMs = stepMs;
    this.slotMs = spec.slotMinutes * 60_000;
    this.horizonMs = spec.horizonSteps * stepMs;
    this.floor = floor;
    this.maxAgeMs = thresholdMaxAgeMs(spec, stepMs);
    this.slots = Array.from({ length: DAY_MS / this.slotMs }, () => new SortedValues());
  }

  get count(): number {
    return this.next.size;
  }

  get value(): number {
    const { level } = this;
    return level > this.floor ? level : NaN;
  }

  get isFlat(): boolean {
    return this.level <= this.floor;
  }

  update(ring: VolatilityRing, tsMs: number): void {
    const end = ring.endPosition;
    const start = Math.max(ring.startPosition, end - this.spec.windowSteps);
    const oldestMs = tsMs - this.maxAgeMs;
    while (this.from < this.to && (this.from < start || ring.timeAt(this.from) < oldestMs)) {
      this.slotOf(ring.timeAt(this.from)).remove(ring.at(this.from));
      this.from += 1;
    }
    if (this.from < start) {
      this.from = start;
      this.to = start;
    }
    for (; this.to < end; this.to++) this.slotOf(ring.timeAt(this.to)).insert(ring.at(this.to));
    this.next = this.slotOf(tsMs + this.horizonMs);
  }

  /** Takes what the ring holds at `tsMs`, `NaN` before the first step. */
  fill(ring: VolatilityRing, tsMs: number): void {
    this.to = ring.endPosition;
    const oldest = Math.max(ring.startPosition, this.to - this.spec.windowSteps);
    this.from = ring.firstSince(oldest, tsMs - this.maxAgeMs);
    const values = new Map<SortedValues, number[]>();
    for (let at = this.from; at < this.to; at++) {
      const slot = this.slotOf(ring.timeAt(at));
      const own = values.get(slot);
      if (own === undefined) values.set(slot, [ring.at(at)]);
      else own.push(ring.at(at));
    }
    for (const [slot, own] of values) slot.fill(Float64Array.from(own));
    if (tsMs === tsMs) this.next = this.slotOf(tsMs + this.horizonMs);
  }

  /** τ before it is compared with ε; `NaN` below the minimum count. */
  private get level(): number {
    const { next, spec } = this;
    return next.size < spec.minCount ? NaN : next.quantile(spec.quantile);
  }

  /** The slot of the step that ended at `tsMs`. */
  private slotOf(tsMs: number): SortedValues {
    const inDay = (tsMs - this.stepMs) % DAY_MS;
    return this.slots[Math.floor((inDay < 0 ? inDay + DAY_MS : inDay) / this.slotMs)]!;
  }
}
