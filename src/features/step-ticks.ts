// The ticks of the open step, kept to recognise exact duplicates. A hash table over packed rows: O(1) per tick however
// dense the step is, and cleared in O(1) when the step closes.
import { StateFormatError } from "./binary-container.ts";
import { fieldsOfState, TICK_FIELDS, widenRows } from "./packed-ticks.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

const WORDS = TICK_FIELDS * 2;
/** Represents a missing field: unlike `NaN` it has one bit pattern, and it is never a field's value. */
const MISSING = -Infinity;

/**
 * The set is cleared after this many ticks in one step, which bounds its memory and its part of a snapshot. A duplicate
 * whose original came before the clearing is not recognised.
 */
const MAX_STEP_TICKS = 8192;

/** A set of packed ticks. Two ticks are equal when all fields have the same bits; missing fields are equal. */
export class StepTicks {
  private rows = new Float64Array(64 * TICK_FIELDS);
  private bits = new Int32Array(this.rows.buffer);
  private n = 0;
  /** Open addressing: entry = epoch · 2^26 + row + 1, so that a new epoch clears the table. */
  private table = new Float64Array(256);
  private epoch = 0;

  get count(): number {
    return this.n;
  }

  /** Adds row `i` of `source` unless the set has it. Returns whether it was new. */
  add(source: Float64Array, i: number): boolean {
    if (this.n === MAX_STEP_TICKS) this.clear();
    if ((this.n + 1) * TICK_FIELDS > this.rows.length) this.grow();
    const { rows, n } = this;
    const from = i * TICK_FIELDS;
    const to = n * TICK_FIELDS;
    for (let k = 0; k < TICK_FIELDS; k++) {
      const x = source[from + k]!;
      rows[to + k] = x === x ? x : MISSING;
    }
    return this.insertRow(n);
  }

  clear(): void {
    this.n = 0;
    this.epoch += 1;
  }

  save(to: StateWriter): void {
    to.array(this.rows.subarray(0, this.n * TICK_FIELDS));
  }

  load(from: StateReader): void {
    this.clear();
    const fields = fieldsOfState(from.version);
    const narrow = from.arrayOfAnyLength();
    if (narrow.length % fields !== 0) {
      throw new StateFormatError(`ticks of the step: got ${narrow.length} values, expected ${fields} each`);
    }
    const stored = widenRows(narrow, fields);
    for (let i = 0; i * TICK_FIELDS < stored.length; i++) this.add(stored, i);
  }

  private insertRow(row: number): boolean {
    const { table, bits } = this;
    const mask = table.length - 1;
    const base = this.epoch * 67108864;
    const at = row * WORDS;
    let h = 0;
    for (let k = 0; k < WORDS; k++) h = Math.imul(h ^ bits[at + k]!, 0x9e3779b1) ^ (h >>> 15);
    let slot = (h ^ (h >>> 13)) & mask;
    for (;;) {
      const entry = table[slot]! - base;
      if (!(entry > 0)) break;
      const other = (entry - 1) * WORDS;
      let k = 0;
      while (k < WORDS && bits[at + k] === bits[other + k]) k++;
      if (k === WORDS) return false;
      slot = (slot + 1) & mask;
    }
    table[slot] = base + row + 1;
    this.n = row + 1;
    return true;
  }

  private grow(): void {
    const rows = new Float64Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
    this.bits = new Int32Array(rows.buffer);
    this.table = new Float64Array(this.table.length * 2);
    const count = this.n;
    for (let row = 0; row < count; row++) this.insertRow(row);
  }
}
