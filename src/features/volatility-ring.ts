// The recent horizon volatilities of one symbol, newest last. Positions only increase, so that several thresholds can
// use different windows of the same ring. Windows count values, not wall time, and span gaps; a threshold leaves out
// what is too old for it.
import type { StateReader, StateWriter } from "./state-buffer.ts";

export class VolatilityRing {
  readonly capacity: number;
  private readonly values: Float64Array;
  private readonly times: Float64Array;
  /** Position after the newest value, and position of the oldest kept value. */
  private end = 0;
  private start = 0;

  /** @param capacity in values; throws `RangeError` unless a positive integer. */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`capacity: got ${capacity}, expected a positive integer`);
    }
    this.capacity = capacity;
    this.values = new Float64Array(capacity + 1);
    this.times = new Float64Array(capacity + 1);
  }

  get endPosition(): number {
    return this.end;
  }

  get startPosition(): number {
    return this.start;
  }

  /**
   * The value at a position from `startPosition` to `endPosition − 1`. The value that the last push removed can still
   * be read, because a sorted window needs it for the removal.
   */
  at(position: number): number {
    return this.values[position % this.values.length]!;
  }

  /** When the horizon of a value ended, ms; for the same positions as `at`. */
  timeAt(position: number): number {
    return this.times[position % this.times.length]!;
  }

  /** The first position from `from` on whose time is at least `sinceMs`; `from` itself for `NaN`. */
  firstSince(from: number, sinceMs: number): number {
    let position = from;
    while (position < this.end && this.timeAt(position) < sinceMs) position += 1;
    return position;
  }

  /** Adds the volatility of the horizon that ended at `tsMs`. */
  push(value: number, tsMs: number): void {
    const slot = this.end % this.values.length;
    this.values[slot] = value;
    this.times[slot] = tsMs;
    this.end += 1;
    if (this.end - this.start > this.capacity) this.start += 1;
  }

  save(to: StateWriter): void {
    to.array(this.values);
    to.array(this.times);
    to.number(this.end);
    to.number(this.start);
  }

  load(from: StateReader): void {
    from.array(this.values);
    from.array(this.times);
    this.end = from.number();
    this.start = from.number();
  }
}
