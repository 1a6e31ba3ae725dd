// One short hash per served step, kept until the archive has recomputed the same steps.
import { type ClosedSteps, FLAG } from "../../../features/closed-steps.ts";
import { FNV1A_START, fnv1aStep } from "../../../features/fnv1a.ts";
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { HISTORY_COLUMNS, HORIZON_COLUMNS } from "../../../features/default-2.ts";
import { DEFAULT_1, ofRows, OWN_COLUMNS, PEER_10, ROW_NAMES, type RowName } from "../../../features/schema.ts";

/** Most hashes kept: nearly three hours of steps of 1 s. */
export const MAX_STEP_HASHES = 10_240;

const KIND = "step-hashes 2";
const FIRST_CAPACITY = 1024;

/** Hashes of closed steps in order of their index. */
export class StepHashes {
  count = 0;
  index = new Float64Array(FIRST_CAPACITY);
  /** Bit 0: whether the step began a segment. */
  hash = new Uint32Array(FIRST_CAPACITY);
  /** The rows that the hash covers, those that were kept of the step: `bitsOf` them. */
  rows = new Uint8Array(FIRST_CAPACITY);

  /** Adds the steps from grid index `fromIndex` on. Returns false and stops when there are too many. */
  add(closed: ClosedSteps, fromIndex: number): boolean {
    const rows = bitsOf(closed.rows);
    for (let k = 0; k < closed.count; k++) {
      if (closed.index[k]! < fromIndex) continue;
      if (this.count === MAX_STEP_HASHES) return false;
      if (this.count === this.index.length) this.grow();
      this.index[this.count] = closed.index[k]!;
      this.hash[this.count] = hashStep(closed, k, rows);
      this.rows[this.count] = rows;
      this.count += 1;
    }
    return true;
  }

  clear(): void {
    this.count = 0;
  }

  /** Removes the steps before a grid index. */
  dropBefore(fromIndex: number): void {
    let first = 0;
    while (first < this.count && this.index[first]! < fromIndex) first += 1;
    this.index.copyWithin(0, first, this.count);
    this.hash.copyWithin(0, first, this.count);
    this.rows.copyWithin(0, first, this.count);
    this.count -= first;
  }

  /** @param seq the last batch whose steps are included. */
  save(seq: number): ArrayBuffer {
    const arrays = [this.index, this.hash, this.rows].map((values) => values.subarray(0, this.count));
    return encodePage(KIND, { numbers: { seq }, arrays });
  }

  /** Loads what `save` wrote for this batch; `undefined` for another batch or damaged bytes. */
  static load(bytes: ArrayBuffer | undefined, seq: number): StepHashes | undefined {
    if (bytes === undefined) return undefined;
    try {
      const { numbers, arrays } = decodePage(KIND, bytes);
      const [index, hash, rows] = arrays;
      if (numbers["seq"] !== seq || !(index instanceof Float64Array) || !(hash instanceof Uint32Array))
        return undefined;
      if (!(rows instanceof Uint8Array)) return undefined;
      const hashes = new StepHashes();
      while (hashes.index.length < index.length) hashes.grow();
      hashes.index.set(index);
      hashes.hash.set(hash);
      hashes.rows.set(rows);
      hashes.count = index.length;
      return hashes;
    } catch {
      return undefined;
    }
  }

  private grow(): void {
    const index = new Float64Array(this.index.length * 2);
    const hash = new Uint32Array(this.hash.length * 2);
    const rows = new Uint8Array(this.rows.length * 2);
    index.set(this.index);
    hash.set(this.hash);
    rows.set(this.rows);
    this.index = index;
    this.hash = hash;
    this.rows = rows;
  }
}

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** The bit of each row. */
const BITS = ofRows((row) => 1 << ROW_NAMES.indexOf(row));

/** A set of rows as a number. */
export function bitsOf(rows: readonly RowName[]): number {
  return rows.reduce((bits, row) => bits | BITS[row], 0);
}

/** The rows of some bits. */
export function rowsOf(bits: number): readonly RowName[] {
  return ROW_NAMES.filter((row) => (bits & BITS[row]) !== 0);
}

/**
 * FNV-1a over the bits of all that a model or label takes from entry k: some rows and, per label spec, τ, the label and
 * the volatility that decided it. All `NaN`s hash alike. Bit 0 is whether the step began a segment.
 *
 * @param rows `bitsOf` the rows, all of which the steps keep.
 * `stale` is left out: it depends on which tick of the closing step arrived first, and the archive is sorted by time.
 */
export function hashStep(closed: ClosedSteps, k: number, rows: number): number {
  const { specCount } = closed;
  const flags = closed.flags[k]! & ~FLAG.stale;
  let hash = mix(mix(FNV1A_START, closed.index[k]!), flags);
  if ((rows & BITS["default-1"]) !== 0) hash = mixAll(hash, closed.base, k, DEFAULT_1.length);
  if ((rows & BITS["peer-10"]) !== 0) hash = mixAll(hash, closed.peer, k, PEER_10.length);
  if ((rows & BITS["default-2"]) !== 0) {
    hash = mixAll(hash, closed.horizonBase, k, HORIZON_COLUMNS);
    hash = mixAll(hash, closed.history, k, HISTORY_COLUMNS * specCount);
  }
  if ((rows & BITS.custom) !== 0) hash = mixAll(hash, closed.own, k, OWN_COLUMNS.length);
  hash = mixAll(hash, closed.tau, k, specCount);
  hash = mixAll(hash, closed.label, k, specCount);
  hash = mixAll(hash, closed.horizonVolatility, k, specCount);
  return ((hash & ~1) | ((flags & FLAG.segmentStart) === 0 ? 0 : 1)) >>> 0;
}

function mixAll(hash: number, values: ArrayLike<number>, k: number, width: number): number {
  for (let j = k * width; j < (k + 1) * width; j++) hash = mix(hash, values[j]!);
  return hash;
}

function mix(hash: number, x: number): number {
  number[0] = x;
  if (x !== x) return fnv1aStep(hash, 0x7ff80000);
  return fnv1aStep(fnv1aStep(hash, words[0]!), words[1]!);
}
