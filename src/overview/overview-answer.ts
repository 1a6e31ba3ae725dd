// What a reader of the table is told: the answer of GET /overview, and each message of a reader's socket.
import { cursorText, type OverviewDelta, type OverviewRow } from "./overview-table.ts";

/** What is said of the whole table. */
export interface OverviewFacts {
  readonly stepMs: number;
  /** Symbols that the directory has. */
  readonly known: number;
  readonly unreadBuckets: number;
  /** When the row that was confirmed the longest ago was; `null` without rows. */
  readonly oldestAsOfMs: number | null;
}

/** The names are those of the answer. */
interface OverviewAnswerBody {
  readonly cursor: string;
  readonly server_time_ms: number;
  readonly step_ms: number;
  readonly reset: boolean;
  readonly symbols: readonly AnsweredRow[];
  readonly removed: readonly string[];
  readonly unread_buckets: number;
  readonly known: number;
  readonly oldest_as_of_ms: number | null;
}

interface AnsweredRow extends OverviewRow {
  readonly as_of_ms: number | null;
  readonly recent: readonly (readonly [number, number | null])[];
}

/** Points of all rows together: a long list gets shorter charts, not a longer answer. */
const MAX_POINTS = 40_000;

/** @param ofRows of how many rows this is a part; they share the points. */
export function overviewAnswer(
  { epoch, version, isReset, rows, removed }: OverviewDelta,
  { stepMs, known, unreadBuckets, oldestAsOfMs }: OverviewFacts,
  nowMs: number,
  ofRows = rows.length,
): OverviewAnswerBody {
  const most = Math.floor(MAX_POINTS / Math.max(1, ofRows));
  return {
    cursor: cursorText(epoch, version),
    server_time_ms: nowMs,
    step_ms: stepMs,
    reset: isReset,
    symbols: rows.map((row) => answeredRow(row, most)),
    removed: removed.map(({ symbol }) => symbol),
    unread_buckets: unreadBuckets,
    known,
    oldest_as_of_ms: oldestAsOfMs,
  };
}

function answeredRow({ row, asOfMs, points }: OverviewDelta["rows"][number], most: number): AnsweredRow {
  // `slice(-0)` would be all of them.
  const newest = points.slice(Math.max(0, points.length - most));
  return { ...row, as_of_ms: asOfMs, recent: newest.map(({ tsMs, probability }) => [tsMs, probability] as const) };
}

/**
 * A delta in parts of `most` rows at most; together they are the delta. Only the last has its cursor: a reader who lost
 * the rest asks with what a former part names, and is given all of it again.
 */
export function partsOf(delta: OverviewDelta, before: string | undefined, most: number): OverviewDelta[] {
  const { rows, removed, isReset } = delta;
  const version = isReset ? 0 : Number(before?.split(":")[1] ?? 0);
  const parts: OverviewDelta[] = [];
  for (let from = 0; from < rows.length; from += most) {
    const isFirst = from === 0;
    parts.push({
      epoch: delta.epoch,
      version: from + most >= rows.length ? delta.version : version,
      isReset: isReset && isFirst,
      rows: rows.slice(from, from + most),
      removed: isFirst ? removed : [],
    });
  }
  return parts.length === 0 ? [delta] : parts;
}
