// A row or message of a recording on its way to a tick.
import type { Tick } from "../src/features/tick.ts";
import type { TickField } from "../src/features/tick-fields.ts";
import type { RowRefusal } from "./recording-tally.ts";

/** Unchecked fields of a tick, by their own names. */
export type RecordedInput = Partial<Record<TickField, unknown>>;

interface Placed {
  /** Its line or row in the file, from 1. */
  readonly place: number;
  /** What columns beside the symbol and the venue say of its market. */
  readonly kept?: string | undefined;
}

/** A row for `parseTick`. */
export interface RecordedRow extends Placed {
  /** What `parseTick` takes; numeric times are in ms. */
  readonly input: RecordedInput;
  /** What the file calls a field, where it has another name. */
  readonly nameOf?: (field: string) => string;
}

/** A bar, whose values are checked, as ticks that still need their symbol. */
export interface RecordedBar extends Placed {
  readonly symbol: string;
  readonly venue: unknown;
  /** The ticks of the bar for the symbol's key. */
  readonly ticksOf: (key: string) => readonly Tick[];
}

/** The rows of a line, or why the line is refused as a whole. */
export type RowsOfLine = readonly (RecordedRow | RecordedBar)[] | RowRefusal;

export function isRefusal(rows: RowsOfLine): rows is RowRefusal {
  return "reason" in rows;
}

/** A refusal that shows the line. */
export function refusedLine(reason: string, field: string, line: string, expected: string): RowRefusal {
  const got = JSON.stringify(line.length > 60 ? `${line.slice(0, 57)}…` : line);
  return { reason, field, got, expected };
}
