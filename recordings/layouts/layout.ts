// What a layout of files says of its columns: a table entry, no code that reads.
import type { TickField } from "../../src/features/tick-fields.ts";
import type { TimeForm } from "../time-text.ts";

/** Fields of a row: those of a tick, and those that only bars have. `closeTime` is the last instant of a bar. */
export type RowField = TickField | "open" | "high" | "low" | "close" | "closeTime";

export const OHLC = ["open", "high", "low", "close"] as const;

/** What a headerless file holds in one column. */
export type CellKind =
  "epoch" | "seconds" | "millis" | "compact" | "clock" | "whole" | "number" | "flag" | "side" | "pair" | "any";

/** A column of a headerless file: its name as in the layout's `columns`, and its kind. */
export interface ShapeColumn {
  readonly name: string;
  readonly kind: CellKind;
  /** It may be absent, with all that follow. */
  readonly isOptional?: boolean;
}

/** One cell of the current row by its column's plain name; `undefined` where the file has no such column. */
export type CellOfName = (name: string) => unknown;

export type LayoutInput = Partial<Record<RowField, unknown>>;

export interface Layout {
  /** As people call it, e.g. `tardis trades`. */
  readonly name: string;
  /** What the stamp of a bar is; `ask` where files differ; absent for ticks. */
  readonly stamp?: "start" | "end" | "ask";
  /** Names of each field's column; the first that is there counts. See `plainName` for how names are compared. */
  readonly columns: Readonly<Partial<Record<RowField, readonly string[]>>>;
  /** Fields whose column may be absent. */
  readonly optional?: readonly RowField[];
  /** Columns that are not read and still tell the layout. */
  readonly signature?: readonly string[];
  /** Other columns of the vendor's, which are not read; nobody needs to be told. */
  readonly others?: readonly string[];
  /** The same file never has a header: its columns are named for `shape` only. */
  readonly isHeaderless?: boolean;
  /** Columns that tell markets of one symbol apart, beside the venue. */
  readonly keepers?: readonly string[];
  /** Gives columns whose names vary the names in `columns`; all are plain names. */
  readonly rename?: (names: readonly string[]) => readonly string[];
  /** Whether a file with any other column is of another layout. */
  readonly isExact?: boolean;
  /** Only for files whose name has this. */
  readonly fileName?: RegExp;
  /** Columns in order where there is no header. */
  readonly shape?: readonly ShapeColumn[];
  /** Whether a first row of this shape can be of this layout. */
  readonly fits?: (cell: (name: string) => number) => boolean;
  /** Fields that may be empty in a row; other empty cells are refused: the vendor always fills them. */
  readonly mayBeEmpty?: readonly RowField[] | "all";
  /** Forms of time texts besides ISO 8601. */
  readonly timeForms?: readonly TimeForm[];
  /** The zone of its times must be given. */
  readonly asksZone?: string;
  /** Changes the raw fields of a row to what they mean. */
  readonly adjust?: (input: LayoutInput, cell: CellOfName) => void;
  /** Whether an open outside its own bar is moved inside instead of refused: BitMEX's open is the close before. */
  readonly movesOpen?: boolean;
  /** Length of bars in ms from the file's name, beside `recordingName`'s. */
  readonly lengthOfName?: (path: string) => number | undefined;
  /** What a reader of the values should know: units of sizes, whose side. */
  readonly note?: string;
}

/** Names are compared in lower case and without blanks, `_`, `.` and `-`. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]/g, "");
}

/**
 * The columns of a headerless file from `name:kind` and `name:kind?`, in order.
 *
 * Example: `shapeOf("time:seconds price:number volume:number")`.
 */
export function shapeOf(text: string): ShapeColumn[] {
  return text.split(" ").map((part) => {
    const [name = "", kind = ""] = part.replace("?", "").split(":");
    return { name: plainName(name), kind: kind as CellKind, isOptional: part.endsWith("?") };
  });
}
