// A batch's ticks on their way from the Worker to the object, which may be of another version while one is deployed.
import { QUOTE_FIELDS, narrowRows, TICK_FIELDS, widenRows } from "../features/packed-ticks.ts";

/**
 * Ticks without flow go as `rows` of eight values, as they always did; others as `wideRows`. An object that does not
 * know these fails, and the batch is sent again; it would take wide `rows` for other ticks.
 */
export type SentTicks = { readonly rows: Float64Array } | { readonly wideRows: Float64Array };

export function sentTicks(packed: Float64Array): SentTicks {
  const { rows, fields } = narrowRows(packed);
  return fields === TICK_FIELDS ? { wideRows: rows } : { rows };
}

/** The packed ticks. Throws `RangeError` for rows of another width. */
export function receivedTicks(sent: SentTicks): Float64Array {
  return "wideRows" in sent ? widenRows(sent.wideRows, TICK_FIELDS) : widenRows(sent.rows, QUOTE_FIELDS);
}
