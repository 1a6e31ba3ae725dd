// What a user says of files that do not say it themselves.
import type { RowField } from "./layouts/layout.ts";
import type { TimeRules } from "./time-column.ts";

export interface ReadingOptions extends TimeRules {
  /** Columns by hand: the name of each field's column, or its number from 1 where there is no header. */
  readonly columns?: ReadonlyMap<RowField, string> | undefined;
  /** What the stamps of bars are, whatever their layout says. */
  readonly stamp?: "start" | "end" | undefined;
  /** Venue of rows that name none; rows of other venues are left out. */
  readonly venue?: string | undefined;
}
