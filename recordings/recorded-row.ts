// A row or message of a recording on its way to `parseTick`.
import type { TickField } from "../src/features/tick-fields.ts";
import type { RowRefusal } from "./recording-tally.ts";

/** Unchecked fields of a tick, by their own names. */
export type RecordedInput = Partial<Record<TickField, unknown>>;

export interface RecordedRow {
  /** What `parseTick` takes; numeric times are in ms. */
  readonly input: RecordedInput;
  /** Its line or row in the file, from 1. */
  readonly place: number;
  /** What columns beside the symbol say of its market. */
  readonly kept?: string | undefined;
}

/** The rows of a line, or why the line is refused as a whole. */
export type RowsOfLine = readonly RecordedRow[] | RowRefusal;

export function isRefusal(rows: RowsOfLine): rows is RowRefusal {
  return "reason" in rows;
}

/** A refusal that shows the line. */
export function refusedLine(reason: string, field: string, line: string, expected: string): RowRefusal {
  const got = JSON.stringify(line.length > 60 ? `${line.slice(0, 57)}…` : line);
  return { reason, field, got, expected };
}
