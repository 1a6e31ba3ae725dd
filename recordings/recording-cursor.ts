// One recording on its way through the merge: it is looked at first, opened when the merge reaches its earliest time,
// and read to its end.
import type { Tick } from "../src/features/tick.ts";
import { barsFit } from "./bar-length.ts";
import { earliestKnownMs, newTally, recordedTicks, type RecordedTicksOptions } from "./recorded-ticks.ts";
import type { RecordingSource } from "./recording-source.ts";
import type { RecordingTally } from "./recording-tally.ts";
import { ReorderBuffer } from "./reorder-buffer.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Ticks of a recording that may be lost because they follow a later one, in percent. */
const MOST_LATE_PERCENT = 1;
/** Ticks of a recording that runs backwards; it is sorted in memory, about 130 bytes each. */
const MOST_SORTED = 5_000_000;
/** With fewer rows backwards a recording may only be out of order by chance. */
const LEAST_BACKWARDS = 10;

export interface RecordingCursorOptions extends RecordedTicksOptions {
  readonly reorderTicks: number;
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
  /** Ticks taken that follow a later one of their symbol; whoever takes them counts. */
  late = 0;
  private readonly options: RecordingCursorOptions;
  private readonly buffer: ReorderBuffer;
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
   * Finds the earliest time: from the format, else among as many ticks as the reorder buffer holds, else, where the
   * recording runs backwards, among all. What was read for that is kept when `keep` accepts its number of ticks, and
   * reading continues there; else it is read again later.
   */
  async look(keep: (ticks: number) => boolean): Promise<void> {
    const known = await earliestKnownMs(this.source, this.options.reading);
    if (known !== undefined) {
      this.headMs = known;
      return;
    }
    const begun = await this.begin();
    for (const tick of begun.ticks) this.headMs = Math.min(this.headMs, tick.tsMs);
    if (begun.ticks.length > 0 && !keep(begun.ticks.length)) await begun.batches.return(undefined);
    else this.continueFrom(begun);
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
    return this.at < this.ready.length;
  }

  /** Reads as many ticks as the reorder buffer holds, and a recording that runs backwards to its end. */
  private async begin(): Promise<Begun> {
    const { source, options } = this;
    const tally = newTally(source.path);
    const batches = recordedTicks(source, options, tally);
    const ticks: Tick[] = [];
    let ended = await readUpTo(options.reorderTicks, batches, ticks);
    this.requireFit(tally.barMs);
    if (isBackwards(tally)) {
      ended ||= await readUpTo(MOST_SORTED, batches, ticks);
      if (!ended) {
        const most = MOST_SORTED.toLocaleString("en-US");
        throw new UnreadableFileError(source.path, `${NEWEST_FIRST} and holds more than ${most} ticks: ${SORT_IT}`);
      }
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

  /**
   * To be called at the end.
   * @throws UnreadableFileError when too many ticks came too late to be put in order.
   */
  requireOrder(): void {
    const { late, tally, source, options } = this;
    if (late * 100 <= tally.ticks * MOST_LATE_PERCENT) return;
    const share = ((100 * late) / tally.ticks).toFixed(1);
    throw new UnreadableFileError(
      source.path,
      `is not in order of time: ${late.toLocaleString("en-US")} of ${tally.ticks.toLocaleString("en-US")} ticks ` +
        `(${share} %) are more than ${options.reorderTicks.toLocaleString("en-US")} rows behind their place and would ` +
        `be lost: ${SORT_IT}`,
    );
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

const NEWEST_FIRST = "runs from the newest tick to the oldest";
const SORT_IT = "write its rows in order of time, oldest first";

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
