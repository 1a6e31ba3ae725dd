// Ticks of one symbol as rows of float64: the form in which they are sent to an object, stored in a slot and read by
// the grid.
import type { Tick } from "./tick.ts";
import { FLOW_FIELDS } from "./trade-flow.ts";

/**
 * Float64 values per tick: ts, price, bid, ask, bidSize, askSize, size, id, side, barTrades, barVolume, barQuoteVolume,
 * barTakerVolume, in this order.
 */
export const TICK_FIELDS = 13;
/** The first of them, all that a tick had before the others were added: slots and states of then have these alone. */
export const QUOTE_FIELDS = 8;
/** Place of the id. */
export const ID_FIELD = 7;

/** Appends ticks to a growing array of rows; `rows()` is a copy of exactly what was added. */
export class PackedTicks {
  private data: Float64Array<ArrayBuffer>;
  private n = 0;

  constructor(capacity = 128) {
    this.data = new Float64Array(Math.max(1, capacity) * TICK_FIELDS);
  }

  get count(): number {
    return this.n;
  }

  add(tick: Tick): void {
    if ((this.n + 1) * TICK_FIELDS > this.data.length) {
      const grown = new Float64Array(this.data.length * 2);
      grown.set(this.data);
      this.data = grown;
    }
    const { data } = this;
    const at = this.n * TICK_FIELDS;
    data[at] = tick.tsMs;
    data[at + 1] = tick.price;
    data[at + 2] = tick.bid;
    data[at + 3] = tick.ask;
    data[at + 4] = tick.bidSize;
    data[at + 5] = tick.askSize;
    data[at + 6] = tick.size;
    data[at + ID_FIELD] = tick.id;
    const { flow } = tick;
    for (let k = 0; k < FLOW_FIELDS.length; k++) {
      data[at + QUOTE_FIELDS + k] = flow === undefined ? NaN : flow[FLOW_FIELDS[k]!];
    }
    this.n += 1;
  }

  rows(): Float64Array<ArrayBuffer> {
    return this.data.slice(0, this.n * TICK_FIELDS);
  }
}

/** Values of a tick in a state of this version. */
export function fieldsOfState(version: number): number {
  return version < 4 ? QUOTE_FIELDS : TICK_FIELDS;
}

/** Rows without what follows the id, where no tick has any of it; else the same rows. Saves two fifths of a slot. */
export function narrowRows(rows: Float64Array): { readonly rows: Float64Array; readonly fields: number } {
  const fields = fieldsInUse(rows);
  return { rows: withWidth(rows, TICK_FIELDS, fields), fields };
}

/** Bytes that these rows take in a slot. */
export function storedBytes(rows: Float64Array): number {
  return (rows.byteLength / TICK_FIELDS) * fieldsInUse(rows);
}

function fieldsInUse(rows: Float64Array): number {
  for (let at = 0; at < rows.length; at += TICK_FIELDS) {
    for (let k = QUOTE_FIELDS; k < TICK_FIELDS; k++) if (!Number.isNaN(rows[at + k]!)) return TICK_FIELDS;
  }
  return QUOTE_FIELDS;
}

/**
 * Rows of `TICK_FIELDS` values from rows of `fields`; what these lack is `NaN`.
 * @throws RangeError when the length is no multiple of `fields`, or `fields` is none that was ever written.
 */
export function widenRows(rows: Float64Array, fields: number): Float64Array {
  if (fields !== QUOTE_FIELDS && fields !== TICK_FIELDS) {
    throw new RangeError(`fields: got ${fields}, expected ${QUOTE_FIELDS} or ${TICK_FIELDS}`);
  }
  if (rows.length % fields !== 0) throw new RangeError(`rows: got ${rows.length} values, expected ${fields} each`);
  return withWidth(rows, fields, TICK_FIELDS);
}

function withWidth(rows: Float64Array, from: number, to: number): Float64Array {
  if (from === to) return rows;
  const n = rows.length / from;
  const out = new Float64Array(n * to).fill(NaN);
  const kept = Math.min(from, to);
  for (let i = 0; i < n; i++) for (let k = 0; k < kept; k++) out[i * to + k] = rows[i * from + k]!;
  return out;
}
