// Whether a recording is so nearly in order of time that a reorder buffer puts it right, found before any of it is
// given away.
import { recordedTicks, recordedTimes, type RecordedTicksOptions } from "./recorded-ticks.ts";
import { KeptMarkets } from "./kept-markets.ts";
import { newTally } from "./recorded-ticks.ts";
import type { RecordingSource } from "./recording-source.ts";

/**
 * Follows times in the order of a recording: they are in order for a buffer of `bound` as long as each is not below the
 * largest of those that came more than `bound` places before it, since the buffer gives away no later one.
 *
 * Example: with a bound of 1, 1, 3, 2, 4 are in order and 3, 4, 1 are not.
 */
export class OrderCheck {
  isInOrder = true;
  private readonly bound: number;
  /** The largest time up to each of the last places. */
  private readonly largest: Float64Array;
  private count = 0;
  private newest = -Infinity;

  constructor(bound: number) {
    this.bound = bound;
    this.largest = new Float64Array(bound + 1).fill(-Infinity);
  }

  update(tsMs: number): void {
    const size = this.bound + 1;
    const slot = this.count % size;
    // The slot still holds the largest time up to the place `bound + 1` before.
    if (tsMs < this.largest[slot]!) this.isInOrder = false;
    if (tsMs > this.newest) this.newest = tsMs;
    this.largest[slot] = this.newest;
    this.count += 1;
  }
}

/**
 * Reads the recording up to the first time that a buffer of so many ticks would give away too late; of tables only the
 * column of times is looked at. Throws what reading throws.
 */
export async function isInOrder(
  source: RecordingSource,
  options: RecordedTicksOptions,
  reorderTicks: number,
  ticksPerRow: number,
): Promise<boolean> {
  const ofRows = new OrderCheck(Math.max(0, Math.floor(reorderTicks / ticksPerRow) - 1));
  const times = await recordedTimes(source, options);
  if (times !== undefined) {
    for await (const group of times) {
      for (const tsMs of group) ofRows.update(tsMs);
      if (!ofRows.isInOrder) return false;
    }
    return true;
  }
  const ofTicks = new OrderCheck(Math.max(0, reorderTicks - 1));
  const own = { ...options, kept: new KeptMarkets() };
  for await (const ticks of recordedTicks(source, own, newTally(source.path))) {
    for (const { tsMs } of ticks) ofTicks.update(tsMs);
    if (!ofTicks.isInOrder) return false;
  }
  return true;
}
