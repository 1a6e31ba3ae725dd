// One recording on its way through the merge: it is looked at first, opened when the merge reaches its earliest time,
// and read to its end.
import type { Tick } from "../src/features/tick.ts";
import { earliestKnownMs, RecordingTally, recordedTicks } from "./recorded-ticks.ts";
import type { RecordingSource } from "./recording-source.ts";
import { ReorderBuffer } from "./reorder-buffer.ts";

/** Gives a recording's ticks in order of time. Call `look` first, then `advance` until it returns false. */
export class RecordingCursor {
  readonly source: RecordingSource;
  /** Place among the recordings given: equal times go by it. */
  readonly order: number;
  /** Time of the current tick; before the first `advance`, the earliest in the recording; `Infinity` at its end. */
  headMs = Infinity;
  tally = new RecordingTally();
  private readonly wanted: string | undefined;
  private readonly bound: number;
  private readonly buffer: ReorderBuffer;
  private batches: AsyncGenerator<Tick[]> | undefined;
  private ready: Tick[] = [];
  private at = 0;
  private complete = false;

  constructor(
    source: RecordingSource,
    order: number,
    options: { readonly wanted: string | undefined; readonly reorderTicks: number },
  ) {
    this.source = source;
    this.order = order;
    this.wanted = options.wanted;
    this.bound = options.reorderTicks;
    this.buffer = new ReorderBuffer(options.reorderTicks);
  }

  /**
   * Finds the earliest time: from the format, else among as many ticks as the reorder buffer holds. What was read for
   * that is kept when `keep` accepts its number of ticks, and reading continues there; else it is read again later.
   */
  async look(keep: (ticks: number) => boolean): Promise<void> {
    const known = await earliestKnownMs(this.source);
    if (known !== undefined) {
      this.headMs = known;
      return;
    }
    const tally = new RecordingTally();
    const batches = recordedTicks(this.source, this.wanted, tally);
    const seen: Tick[] = [];
    let ended = false;
    while (!ended && seen.length <= this.bound) {
      const { value, done } = await batches.next();
      ended = done === true;
      for (const tick of value ?? []) seen.push(tick);
    }
    for (const tick of seen) this.headMs = Math.min(this.headMs, tick.tsMs);
    if (seen.length > 0 && !keep(seen.length)) {
      await batches.return(undefined);
      return;
    }
    this.tally = tally;
    this.batches = batches;
    this.complete = ended;
    const due = this.buffer.push(seen);
    this.ready = ended ? [...due, ...this.buffer.drain()] : due;
  }

  /** Makes the next tick current; false when there is none. */
  async advance(): Promise<boolean> {
    while (this.at === this.ready.length && !this.complete) {
      this.batches ??= recordedTicks(this.source, this.wanted, this.tally);
      const { value, done } = await this.batches.next();
      this.complete = done === true;
      this.ready = this.complete ? this.buffer.drain() : this.buffer.push(value as Tick[]);
      this.at = 0;
    }
    this.headMs = this.ready[this.at]?.tsMs ?? Infinity;
    return this.at < this.ready.length;
  }

  /** Removes and returns the current tick. While more are ready, the next one becomes current at once. */
  take(): Tick {
    const tick = this.ready[this.at++]!;
    this.headMs = this.ready[this.at]?.tsMs ?? Infinity;
    return tick;
  }

  /** Whether `take` may be called without an `advance` before. */
  get holds(): boolean {
    return this.at < this.ready.length;
  }

  /** Closes everything, also before the end. */
  async close(): Promise<void> {
    await this.batches?.return(undefined);
    this.ready = [];
    this.at = 0;
  }
}
