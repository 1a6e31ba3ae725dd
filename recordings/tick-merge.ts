// The merge behind the stream: several recordings in order of time, each opened when the merge has come that far.
import { DEFAULT_TICK_RULES, type Tick } from "../src/features/tick.ts";
import { KeptMarkets } from "./kept-markets.ts";
import type { ReadingOptions } from "./reading-options.ts";
import { RecordingCursor } from "./recording-cursor.ts";
import type { RecordingSource } from "./recording-source.ts";
import type { RecordingTally, RefusedRow } from "./recording-tally.ts";
import { SharedTicks } from "./shared-ticks.ts";
import type { TickFileSummary } from "./tick-file-summary.ts";

export interface TickMergeOptions {
  /** Ticks of a recording that may be out of order; 10,000 by default. Memory holds that many per open recording. */
  readonly reorderTicks?: number;
  /** Ticks of a run on disk, where a recording is further out of order. */
  readonly runTicks?: number | undefined;
  /** Grid step that the ticks are for, ms: bars that do not fit into it whole are refused. */
  readonly stepMs?: number | undefined;
  /** How far a price may lie outside its own quote, in percent; the default of `TickRules` without it. */
  readonly quoteMarginPercent?: number | undefined;
  /** What the files do not say themselves. */
  readonly reading?: ReadingOptions | undefined;
  /** Called now and then with the bytes on disk read so far and their total. */
  readonly onProgress?: (readBytes: number, totalBytes: number) => void;
}

/** The result of a merge that has ended. */
export interface TickMergeSummary {
  readonly files: readonly TickFileSummary[];
  readonly ticks: number;
  /** Ticks left out because another recording has the same. */
  readonly sharedTicks: number;
  /**
   * How many lines and ticks were refused for which reason: `parseTick`'s, `not_a_bar`, `not_a_row`, `unknown_form`.
   */
  readonly rejected: Map<string, number>;
  /** The first row refused for each reason. */
  readonly firstRefused: ReadonlyMap<string, RefusedRow>;
  /** Some of the symbols left out because another one is wanted, sorted. */
  readonly otherSymbols: readonly string[];
  /** Ticks that came too late for the reorder buffer and follow a later one of their symbol. */
  readonly outOfOrder: number;
}

const REORDER_TICKS = 10_000;
const BATCH_TICKS = 4096;
/** Ticks read in the first look at a recording are kept, not read again, until this many buffers are full. */
const KEPT_BUFFERS = 10;
const LOOKS_AT_ONCE = 4;

/** Used once: `batches` to its end, then `summary`. */
export class TickMerge {
  private readonly options: TickMergeOptions;
  private readonly reorderTicks: number;
  private readonly cursors: readonly RecordingCursor[];
  private readonly shared: SharedTicks | undefined;
  private ticks = 0;
  private outOfOrder = 0;
  private readonly newestMs = new Map<string, number>();
  private lastSymbol = "";
  private lastMs = -Infinity;

  /** `wanted`: only ticks of this symbol. */
  constructor(sources: readonly RecordingSource[], wanted: string | undefined, options: TickMergeOptions) {
    const { reorderTicks = REORDER_TICKS, runTicks, stepMs, reading = {} } = options;
    const { quoteMarginPercent = DEFAULT_TICK_RULES.quoteMarginPercent } = options;
    this.options = options;
    this.reorderTicks = reorderTicks;
    const rules = { ...DEFAULT_TICK_RULES, quoteMarginPercent };
    const ofCursors = { wanted, reorderTicks, runTicks, stepMs, rules, reading, kept: new KeptMarkets() };
    this.shared = sources.length > 1 ? new SharedTicks() : undefined;
    this.cursors = sources.map((source, order) => new RecordingCursor(source, order, ofCursors));
  }

  /**
   * Batches are never empty. All recordings are closed at the end, also when the iteration is stopped. Throws
   * `UnreadableFileError`.
   */
  async *batches(): AsyncGenerator<readonly Tick[]> {
    try {
      yield* this.merged();
    } finally {
      for (const cursor of this.cursors) await cursor.close();
    }
  }

  private async *merged(): AsyncGenerator<readonly Tick[]> {
    await this.lookAtAll();
    // Last first, so that the next to open is taken off the end.
    const waiting = this.cursors.filter(({ headMs }) => headMs < Infinity).sort((a, b) => (isBefore(a, b) ? 1 : -1));
    const open: RecordingCursor[] = [];
    let batch: Tick[] = [];
    for (;;) {
      const [first, second] = firstTwo(open);
      const next = waiting.at(-1);
      if (next !== undefined && (first === undefined || isBefore(next, first))) {
        waiting.pop();
        if (await next.advance()) open.push(next);
        continue;
      }
      if (first === undefined) break;
      const rival = next !== undefined && (second === undefined || isBefore(next, second)) ? next : second;
      while (first.holds && (rival === undefined || isBefore(first, rival))) {
        const tick = this.counted(first);
        if (this.shared?.isRepeated(tick, first.order) === true) continue;
        batch.push(tick);
        if (batch.length < BATCH_TICKS) continue;
        this.tellProgress();
        yield batch;
        batch = [];
      }
      if (first.holds || (await first.advance())) continue;
      open.splice(open.indexOf(first), 1);
    }
    if (batch.length > 0) yield batch;
    this.tellProgress();
  }

  private async lookAtAll(): Promise<void> {
    const queue = each(this.cursors);
    let room = KEPT_BUFFERS * this.reorderTicks;
    const keep = (ticks: number): boolean => {
      if (ticks > room) return false;
      room -= ticks;
      return true;
    };
    const work = async (): Promise<void> => {
      for (const cursor of queue) await cursor.look(keep);
    };
    await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, work));
  }

  private counted(cursor: RecordingCursor): Tick {
    const tick = cursor.take();
    const { symbol, tsMs } = tick;
    this.ticks += 1;
    // Most ticks are of the symbol of the one before.
    if (symbol !== this.lastSymbol) {
      this.newestMs.set(this.lastSymbol, this.lastMs);
      this.lastSymbol = symbol;
      this.lastMs = this.newestMs.get(symbol) ?? -Infinity;
    }
    if (tsMs < this.lastMs) this.outOfOrder += 1;
    else this.lastMs = tsMs;
    return tick;
  }

  private tellProgress(): void {
    const { onProgress } = this.options;
    if (onProgress === undefined) return;
    let read = 0;
    let total = 0;
    for (const { tally, source } of this.cursors) {
      read += tally.readBytes;
      total += source.sizeBytes;
    }
    onProgress(read, total);
  }

  /** Throws `Error` before the batches have ended. */
  summary(): TickMergeSummary {
    const rejected = new Map<string, number>();
    const firstRefused = new Map<string, RefusedRow>();
    const others = new Set<string>();
    const files = this.cursors.map(({ source, tally }): TickFileSummary => {
      for (const [reason, count] of tally.rejected) rejected.set(reason, (rejected.get(reason) ?? 0) + count);
      for (const [reason, row] of tally.firstRefused) if (!firstRefused.has(reason)) firstRefused.set(reason, row);
      for (const name of tally.otherSymbols) others.add(name);
      return summaryOf(source, tally);
    });
    const { outOfOrder } = this;
    const sharedTicks = this.shared?.count ?? 0;
    const ticks = this.ticks - sharedTicks;
    return { files, ticks, sharedTicks, rejected, firstRefused, otherSymbols: [...others].sort(), outOfOrder };
  }
}

function summaryOf({ path, sizeBytes }: RecordingSource, tally: RecordingTally): TickFileSummary {
  const { ticks, quotes, sha256, cut, timeUnit, barMs, newestFirst, sorted } = tally;
  const { ignoredColumns, layout, note, joinedHeaders } = tally;
  if (sha256 === undefined) throw new Error(`${path}: not read to its end`);
  const rejected = [...tally.rejected.values()].reduce((sum, count) => sum + count, 0);
  const told = { layout, note, joinedHeaders, timeUnit, barMs, newestFirst, sorted, ignoredColumns };
  return { path, sizeBytes, ticks, quotes, rejected, sha256, cut, ...told };
}

/** Unlike an array's own iterator, this one ends for all its consumers when one of them fails. */
function* each<T>(items: readonly T[]): Generator<T> {
  yield* items;
}

function isBefore(a: RecordingCursor, b: RecordingCursor): boolean {
  return a.headMs < b.headMs || (a.headMs === b.headMs && a.order < b.order);
}

/** The two with the earliest ticks, in one pass, since few recordings are open at a time. */
function firstTwo(cursors: readonly RecordingCursor[]): [RecordingCursor | undefined, RecordingCursor | undefined] {
  let first: RecordingCursor | undefined;
  let second: RecordingCursor | undefined;
  for (const cursor of cursors) {
    if (first === undefined || isBefore(cursor, first)) [first, second] = [cursor, first];
    else if (second === undefined || isBefore(cursor, second)) second = cursor;
  }
  return [first, second];
}
