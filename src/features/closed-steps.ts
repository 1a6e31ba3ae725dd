// The closed steps of a run of ticks: one entry per step, in columns of typed arrays that grow and are reused.
import { DEFAULT_1, PEER_10, type RowName } from "./schema.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

export const FLAG = { observed: 1, stale: 2, ready: 4, segmentStart: 8 } as const;

const COLUMNS = DEFAULT_1.length;
const PEER_COLUMNS = PEER_10.length;

/**
 * Closed steps, struct of arrays. Entry k of `base` holds the `default-1` columns *before* ln τ is subtracted, in
 * float64; `row` gives the float32 row of one label spec.
 */
export class ClosedSteps {
  readonly specCount: number;
  count = 0;
  /** Grid index of each step; its row's time stamp is (index + 1)Δ. */
  index: Float64Array;
  /** `FLAG` bits. `ready`: enough returns for RV_60, so that the step can be predicted once there is a τ. */
  flags: Uint8Array;
  base: Float64Array;
  peer: Float64Array;
  /** τ per spec as a fraction, and ln of it; `NaN` without a threshold. */
  tau: Float64Array;
  lnTau: Float64Array;
  /** Label of the step `horizonSteps` before, per spec (`LABEL`), and the horizon's volatility that decided it. */
  label: Int8Array;
  horizonVolatility: Float64Array;
  /** For display, never model input: source price, RV_60 and spread over mid, the last two as fractions. */
  price: Float64Array;
  rv60: Float64Array;
  spread: Float64Array;
  private capacity: number;

  constructor(specCount: number, capacity = 64) {
    this.specCount = specCount;
    this.capacity = capacity;
    this.index = new Float64Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.base = new Float64Array(capacity * COLUMNS);
    this.peer = new Float64Array(capacity * PEER_COLUMNS);
    this.tau = new Float64Array(capacity * specCount);
    this.lnTau = new Float64Array(capacity * specCount);
    this.label = new Int8Array(capacity * specCount);
    this.horizonVolatility = new Float64Array(capacity * specCount);
    this.price = new Float64Array(capacity);
    this.rv60 = new Float64Array(capacity);
    this.spread = new Float64Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  /** Adds an entry and returns its index; the caller fills every column. */
  append(): number {
    if (this.count === this.capacity) this.grow();
    return this.count++;
  }

  /**
   * Writes columns of entry k into `out` from `offset` on: the row's `columns[j]`, as float32 values.
   * @param spec which label spec's τ to divide by (`default-1` only).
   */
  row(name: RowName, k: number, spec: number, columns: ArrayLike<number>, out: Float32Array, offset: number): void {
    if (name === "peer-10") {
      for (let j = 0; j < columns.length; j++) out[offset + j] = this.peer[k * PEER_COLUMNS + columns[j]!]!;
      return;
    }
    const lnTau = this.lnTau[k * this.specCount + spec]!;
    const at = k * COLUMNS;
    for (let j = 0; j < columns.length; j++) {
      const c = columns[j]!;
      const x = this.base[at + c]!;
      out[offset + j] = DEFAULT_1[c]!.relativeToThreshold ? x - lnTau : x;
    }
  }

  /** Whether entry k can be predicted under a spec: enough returns, and a threshold. */
  ready(k: number, spec: number): boolean {
    const tau = this.tau[k * this.specCount + spec]!;
    return (this.flags[k]! & FLAG.ready) !== 0 && tau === tau;
  }

  /** Whether entry k may count for quality and training: observed, and not stale. */
  isEligible(k: number): boolean {
    return (this.flags[k]! & (FLAG.observed | FLAG.stale)) === FLAG.observed;
  }

  /** Replaces all entries by entry k of `other`, for a reader that outlives the next batch. */
  keepOnly(other: ClosedSteps, k: number): void {
    this.clear();
    this.append();
    for (const field of FIELDS) {
      const width = this[field].length / this.capacity;
      this[field].set(other[field].subarray(k * width, (k + 1) * width));
    }
  }

  /** Appends all entries of `other`, which must have the same number of label specs. */
  addAll(other: ClosedSteps): void {
    while (this.capacity < this.count + other.count) this.grow();
    for (const field of FIELDS) {
      const width = this[field].length / this.capacity;
      this[field].set(other[field].subarray(0, width * other.count), width * this.count);
    }
    this.count += other.count;
  }

  /** Removes the `count` oldest entries. */
  dropFirst(count: number): void {
    for (const field of FIELDS) {
      const width = this[field].length / this.capacity;
      this[field].copyWithin(0, width * count, width * this.count);
    }
    this.count -= count;
  }

  save(to: StateWriter): void {
    to.number(this.count);
    for (const field of FIELDS) to.array(this[field].subarray(0, (this[field].length / this.capacity) * this.count));
  }

  load(from: StateReader): void {
    const count = from.number();
    this.clear();
    while (this.count < count) this.append();
    for (const field of FIELDS) this[field].set(from.arrayOfAnyLength());
  }

  private grow(): void {
    const grown = new ClosedSteps(this.specCount, this.capacity * 2);
    for (const field of FIELDS) grown[field].set(this[field]);
    this.capacity = grown.capacity;
    this.index = grown.index;
    this.flags = grown.flags;
    this.base = grown.base;
    this.peer = grown.peer;
    this.tau = grown.tau;
    this.lnTau = grown.lnTau;
    this.label = grown.label;
    this.horizonVolatility = grown.horizonVolatility;
    this.price = grown.price;
    this.rv60 = grown.rv60;
    this.spread = grown.spread;
  }
}

const FIELDS = [
  "index",
  "flags",
  "base",
  "peer",
  "tau",
  "lnTau",
  "label",
  "horizonVolatility",
  "price",
  "rv60",
  "spread",
] as const;
