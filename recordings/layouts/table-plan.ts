// Which column of one table holds which field, once its layout is known.
import type { Layout, RowField } from "./layout.ts";

export interface TablePlan {
  readonly layout: Layout;
  /** Index of each field's column. */
  readonly fields: ReadonlyMap<RowField, number>;
  /** Names as in the file; without a header, what each column is called in messages. */
  readonly names: readonly string[];
  /** The same as the layout has them. */
  readonly plain: readonly string[];
  /** Columns that may tell the market where none is the symbol. */
  readonly markets: readonly number[];
  /** Columns that tell two markets of one symbol apart. */
  readonly keepers: readonly number[];
  /** Names of columns that are not read and that a reader may miss. */
  readonly ignored: readonly string[];
}

/** Bars have a stamp, ticks have none. */
export function isBarPlan({ layout }: TablePlan): boolean {
  return layout.stamp !== undefined;
}
