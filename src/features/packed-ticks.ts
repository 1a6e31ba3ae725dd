// Ticks of one symbol as rows of float64: the form in which they are sent to an object, stored in a slot and read by
// the grid.
import type { Tick } from "./tick.ts";

/** Float64 values per tick: ts, price, bid, ask, bidSize, askSize, size, id, in this order. */
export const TICK_FIELDS = 8;

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
    data[at + 7] = tick.id;
    this.n += 1;
  }

  rows(): Float64Array<ArrayBuffer> {
    return this.data.slice(0, this.n * TICK_FIELDS);
  }
}
