// A tick that waits for the next one, and where it stands in the batch that brought it.
import { fieldsOfState, TICK_FIELDS, widenRows } from "./packed-ticks.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Stands for a tick of an earlier batch. */
export const EARLIER_BATCH = -1;

/** At most one tick, packed. */
export class HeldTick {
  readonly fields = new Float64Array(TICK_FIELDS);
  isHeld = false;
  /** Whether it decided against the time of a tick held before it. */
  followsOutlier = false;
  /** Its row in the current batch, or `EARLIER_BATCH`. */
  row = EARLIER_BATCH;

  hold(rows: Float64Array, row: number, followsOutlier: boolean): void {
    this.fields.set(rows.subarray(row * TICK_FIELDS, (row + 1) * TICK_FIELDS));
    this.isHeld = true;
    this.followsOutlier = followsOutlier;
    this.row = row;
  }

  drop(): void {
    this.isHeld = false;
    this.row = EARLIER_BATCH;
  }

  /** Whether row `i` is the same tick; missing fields are equal. */
  equals(rows: Float64Array, i: number): boolean {
    for (let k = 0; k < TICK_FIELDS; k++) {
      const a = rows[i * TICK_FIELDS + k]!;
      const b = this.fields[k]!;
      if (a !== b && (a === a || b === b)) return false;
    }
    return true;
  }

  save(to: StateWriter): void {
    to.array(this.fields);
    to.number(!this.isHeld ? 0 : this.followsOutlier ? 2 : 1);
  }

  load(from: StateReader): void {
    const fields = new Float64Array(fieldsOfState(from.version));
    from.array(fields);
    this.fields.set(widenRows(fields, fields.length));
    const held = from.number();
    this.isHeld = held > 0;
    this.followsOutlier = held === 2;
  }
}
