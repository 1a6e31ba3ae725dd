// One recording on its way through the merge: it is looked at first, opened when the merge reaches its earliest time,
// and read to its end.
import type { Tick } from "../src/features/tick.ts";
import { barsFit } from "./bar-length.ts";
import { isInOrder } from "./recording-order.ts";
import { knownTimes, newTally, recordedTicks, type RecordedTicksOptions } from "./recorded-ticks.ts";
import type { RecordingSource } from "./recording-source.ts";
import type { RecordingTally } from "./recording-tally.ts";
import { ReorderBuffer } from "./reorder-buffer.ts";
import { TickSpool } from "./tick-spool.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Ticks that a row of bars becomes. */
const TICKS_PER_BAR = 4;
/** With fewer rows backwards a recording may only be out of order by chance. */
const LEAST_BACKWARDS = 10;

export interface RecordingCursorOptions extends RecordedTicksOptions {
  readonly reorderTicks: number;
  /** Ticks of a run on disk where a recording is sorted as a whole; the default of `TickSpool` without it. */
  readonly runTicks?: number | undefined;
  /** Grid step that the ticks are for, ms: bars that do not fit into it whole are refused. */
  readonly stepMs: number | undefined;
}

interface Begun {
  readonly tally: RecordingTally;
  readonly batches: AsyncGenerator<Tick[]>;
  readonly ticks: Tick[];
  readonly ended: boolean;
}

/** Gives a recording's ticks in order of time. Call `look` first, then `advance` until it returns false. */
export class RecordingCursor {
  readonly source: RecordingSource;
  /** Place among the recordings given: equal times go by it. */
  readonly order: number;
  /** Time of the current tick; before the first `advance`, the earliest in the recording; `Infinity` at its end. */
  headMs = Infinity;
  tally: RecordingTally;
  private readonly options: RecordingCursorOptions;
  private readonly buffer: ReorderBuffer;
  private spool: TickSpool | undefined;
  private batches: AsyncGenerator<Tick[]> | undefined;
  private ready: Tick[] = [];
  private at = 0;
  private complete = false;

  constructor(source: RecordingSource, order: number, options: RecordingCursorOptions) {
    this.source = source;
    this.order = order;
    this.options = options;
    this.tally = newTally(source.path);
    this.buffer = new ReorderBuffer(options.reorderTicks);
  }

  /**
   * Finds the earliest time, and whether a buffer puts the recording in order; one that is further out of order is
   * sorted as a whole. What was read is kept when `keep` accepts its number of ticks, and reading continues there; else
   * it is read again later.
   */
  async look(keep: (ticks: number) => boolean): Promise<void> {
    const { source, options } = this;
    const known = await knownTimes(source, options.reading);
    if (known?.earliestMs !== undefined && (known.isArchive || known.rows <= options.reorderTicks)) {
      this.headMs = known.earliestMs;
      return;
    }
    const begun = await this.begin();
    const { tally, ticks, batches, ended } = begun;
    const ticksPerRow = tally.barMs === undefined ? 1 : TICKS_PER_BAR;
    const isRight = ended || tally.isArchive || (await isInOrder(source, options, options.reorderTicks, ticksPerRow));
    if (!isRight) {
      await batches.return(undefined);
      await this.sortAll(isBackwards(tally));
      return;
    }
    for (const tick of ticks) this.headMs = Math.min(this.headMs, tick.tsMs);
    if (ticks.length > 0 && !keep(ticks.length)) await batches.return(undefined);
    else this.continueFrom(begun);
  }

  /** Reads everything and sorts it, on disk where it does not fit memory. */
  private async sortAll(backwards: boolean): Promise<void> {
    const { source, options } = this;
    const tally = newTally(source.path);
    this.spool = new TickSpool(backwards, options.runTicks);
    for await (const ticks of recordedTicks(source, options, tally)) await this.spool.add(ticks);
    this.requireFit(tally.barMs);
    tally.newestFirst = backwards;
    tally.sorted = true;
    this.tally = tally;
    this.headMs = this.spool.earliestMs;
    this.batches = this.spool.sorted();
  }

  /** Makes the next tick current; false when there is none. */
  async advance(): Promise<boolean> {
    while (this.at === this.ready.length && !this.complete) {
      if (this.batches === undefined) {
        this.continueFrom(await this.begin());
        continue;
      }
      const { value, done } = await this.batches.next();
      this.complete = done === true;
      this.ready = this.complete ? this.buffer.drain() : this.buffer.push(value as Tick[]);
      this.at = 0;
    }
    this.headMs = this.ready[this.at]?.tsMs ?? Infinity;
    if (this.holds) return true;
    // An archive has thousands of recordings that fit into one batch: what was taken must not stay in memory.
    this.ready = [];
    this.at = 0;
    return false;
  }

  /** Reads as many ticks as the reorder buffer holds. */
  private async begin(): Promise<Begun> {
    const { source, options } = this;
    const tally = newTally(source.path);
    const batches = recordedTicks(source, options, tally);
    const ticks: Tick[] = [];
    const ended = await readUpTo(options.reorderTicks, batches, ticks);
    this.requireFit(tally.barMs);
    if (ended && isBackwards(tally)) {
      ticks.reverse();
      tally.newestFirst = true;
    }
    return { tally, batches, ticks, ended };
  }

  private continueFrom({ tally, batches, ticks, ended }: Begun): void {
    this.tally = tally;
    this.batches = batches;
    this.complete = ended;
    const due = this.buffer.push(ticks);
    this.ready = ended ? due.concat(this.buffer.drain()) : due;
  }

  private requireFit(barMs: number | undefined): void {
    const { stepMs } = this.options;
    if (stepMs === undefined || barMs === undefined || barsFit(barMs, stepMs)) return;
    const got = `holds bars of ${barMs / 1000} s, which do not fit into steps of ${stepMs / 1000} s`;
    throw new UnreadableFileError(this.source.path, `${got}: give --step ${barMs / 1000}s`);
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
    await this.spool?.close();
    this.ready = [];
    this.at = 0;
  }
}

/** Whether nearly every row is older than the one before it. */
function isBackwards({ older, newer }: RecordingTally): boolean {
  return older >= LEAST_BACKWARDS && newer * 100 <= older;
}

/** Whether the batches ended before there were more than so many ticks. */
async function readUpTo(count: number, batches: AsyncGenerator<Tick[]>, ticks: Tick[]): Promise<boolean> {
  while (ticks.length <= count) {
    const { value, done } = await batches.next();
    if (done === true) return true;
    for (const tick of value) ticks.push(tick);
  }
  return false;
}
