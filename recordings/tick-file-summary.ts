// The result of reading one recording, for reports.
import type { TimeUnit } from "./time-column.ts";

/** Counts and hash of one recording. */
export interface TickFileSummary {
  /** Or `r2://bucket/key`, `local://key`. */
  readonly path: string;
  /** Ticks taken, of the wanted symbol. */
  readonly ticks: number;
  /** Those of them that have bid and ask. */
  readonly quotes: number;
  /** Lines and ticks refused, of any symbol. */
  readonly rejected: number;
  /** Of the file's bytes as stored, in hex. */
  readonly sha256: string;
  /** Whether a gzip ended before its trailer, as a killed recorder leaves it; what can be read of it was read. */
  readonly cut: boolean;
  /** Size on disk; 0 of an empty file. */
  readonly sizeBytes: number;
  /** How it is laid out, in words; `undefined` for a file without a row. */
  readonly layout: string | undefined;
  /** What a reader of its values should know. */
  readonly note: string | undefined;
  /** Headers behind the first, which files bring along that were joined. */
  readonly joinedHeaders: number;
  /** Unit of numeric times, decided by their magnitude; `undefined` where all times are texts or time stamps. */
  readonly timeUnit: TimeUnit | undefined;
  /** Length of the bars in ms; `undefined` for ticks. */
  readonly barMs: number | undefined;
  /** Whether it was further out of order than a buffer puts right, and was sorted as a whole. */
  readonly sorted: boolean;
  /** Whether it ran from the newest tick to the oldest, and was sorted. */
  readonly newestFirst: boolean;
  /** Columns of a table that are not read. */
  readonly ignoredColumns: readonly string[];
}

/** Names the recordings that have no byte: `""` when there is none. */
export function emptyText(files: readonly TickFileSummary[]): string {
  const empty = files.filter(({ sizeBytes }) => sizeBytes === 0).map(({ path }) => path);
  if (empty.length === 0) return "";
  return `empty, with nothing to read: ${empty.slice(0, 3).join(", ")}${empty.length > 3 ? `, and ${empty.length - 3} more` : ""}`;
}

/** Names the recordings that were cut, for people: `""` when none was. */
export function cutText(files: readonly TickFileSummary[]): string {
  const cut = files.filter((file) => file.cut).map(({ path }) => path);
  if (cut.length === 0) return "";
  const named = cut.slice(0, 3).join(", ") + (cut.length > 3 ? `, and ${cut.length - 3} more` : "");
  return `${cut.length} of ${files.length} files cut short, read as far as they go: ${named}`;
}
