// What one pass over a recording has counted so far, and the first row that was refused for each reason.
import type { Tick } from "../src/features/tick.ts";
import type { TimeUnit } from "./time-column.ts";

/** Why a line, row or tick was refused, in the words of `parseTick`. */
export interface RowRefusal {
  readonly reason: string;
  readonly field: string;
  readonly got: string;
  readonly expected: string;
}

/** A refused line or row and where it stands. */
export interface RefusedRow extends RowRefusal {
  readonly path: string;
  /** As `line 2`, or `row 2` of a Parquet file; both count from 1, and line 1 of a CSV is its header. */
  readonly place: string;
}

export class RecordingTally {
  /** Ticks taken, of the wanted symbol; those of them with bid and ask. */
  ticks = 0;
  quotes = 0;
  /** Lines and ticks refused, of any symbol, by reason. */
  readonly rejected = new Map<string, number>();
  readonly firstRefused = new Map<string, RefusedRow>();
  /** Some of the symbols left out because another one is wanted. */
  readonly otherSymbols = new Set<string>();
  /** Rows that are older than the row before them, and newer. */
  older = 0;
  newer = 0;
  /** Whether the recording runs from the newest tick to the oldest and was sorted as a whole. */
  newestFirst = false;
  /** Whether it was so far out of order that it was sorted as a whole. */
  sorted = false;
  /** Whether it is of a gateway's archive, whose ticks are in order and judged. */
  isArchive = false;
  /** Bytes on disk that the pass has read; for Parquet in proportion to the rows. */
  readBytes = 0;
  /** Of the bytes on disk, in hex, once the pass is complete. */
  sha256: string | undefined;
  /** Whether a gzip ended too early; known when the pass is complete. */
  cut = false;
  /** Unit of numeric times; `undefined` before the first one, and where all times are texts. */
  timeUnit: TimeUnit | undefined;
  /** Length of the bars in ms; `undefined` for ticks. */
  barMs: number | undefined;
  /** Columns of a table that are not read. */
  ignoredColumns: readonly string[] = [];
  /** How the recording is laid out, in words; `undefined` before its first row. */
  layout: string | undefined;
  /** What the stamps of its bars are in the file. */
  stamp: "start" | "end" | undefined;
  /** What a reader of its values should know. */
  note: string | undefined;
  /** Headers behind the first, which files bring along that were joined. */
  joinedHeaders = 0;
  /** What a place in the recording is called. */
  word: string;
  readonly path: string;
  private lastPlace = 0;
  private lastMs = NaN;

  constructor(path: string, word: string) {
    this.path = path;
    this.word = word;
  }

  /** Counts what a tick of no bar has. */
  countContents({ bid, ask }: Tick): void {
    if (bid === bid && ask === ask) this.quotes += 1;
  }

  /** Counts whether a row is older or newer than the one before; rows of one place count once. */
  countOrder(tsMs: number, place: number): void {
    if (place === this.lastPlace) return;
    if (tsMs < this.lastMs) this.older += 1;
    else if (tsMs > this.lastMs) this.newer += 1;
    this.lastPlace = place;
    this.lastMs = tsMs;
  }

  refuse(refusal: RowRefusal, place: number): void {
    const { reason } = refusal;
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
    if (this.firstRefused.has(reason)) return;
    const { field, got, expected } = refusal;
    this.firstRefused.set(reason, { path: this.path, place: `${this.word} ${place}`, reason, field, got, expected });
  }
}
