// The closed steps of a run of ticks: one entry per step, in columns of typed arrays that grow and are reused.
import { HISTORY_COLUMNS, HORIZON_COLUMNS } from "./default-2.ts";
import { DEFAULT_1, OWN_COLUMNS, PEER_10, ROW_NAMES, type RowName, ROWS, ofRows } from "./schema.ts";
import { HORIZON_STATE_VERSION, type StateReader, type StateWriter } from "./state-buffer.ts";

export const FLAG = { observed: 1, stale: 2, ready: 4, segmentStart: 8 } as const;

const COLUMNS = DEFAULT_1.length;
const PEER_COLUMNS = PEER_10.length;
const HORIZON_WIDTH = HORIZON_COLUMNS + HISTORY_COLUMNS;

const PLAIN = 0;
const MINUS_LN = 1;
const CODES = { none: PLAIN, "minus-ln": MINUS_LN, over: 2 } as const;
const RELATIONS = ofRows((row) => Uint8Array.from(ROWS[row], ({ relation }) => CODES[relation]));

/**
 * Closed steps, struct of arrays. Entry k of `base` holds the `default-1` columns *before* τ is applied, in float64;
 * `row` gives the float32 row of one label spec.
 */
export class ClosedSteps {
  readonly specCount: number;
  /** The rows whose columns are kept; `row` gives no other. */
  readonly rows: readonly RowName[];
  count = 0;
  /** Grid index of each step; its row's time stamp is (index + 1)Δ. */
  index: Float64Array;
  /** `FLAG` bits. `ready`: enough returns for RV_60, so that the step can be predicted once there is a τ. */
  flags: Uint8Array;
  base: Float64Array;
  peer: Float64Array;
  /** The columns of `default-2` that all label specs share, before τ is applied, and those of each spec. */
  horizonBase: Float64Array;
  history: Float64Array;
  /** The own columns of `custom`, before τ is applied; its others are those of `default-2`. */
  own: Float64Array;
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

  /** @param rows the rows to keep: what is left out costs no time. `custom` keeps `default-2` too. */
  constructor(specCount: number, capacity = 64, rows: readonly RowName[] = ROW_NAMES) {
    this.specCount = specCount;
    this.rows = rows.includes("custom") ? [...new Set<RowName>([...rows, "default-2"])] : rows;
    this.capacity = capacity;
    this.index = new Float64Array(capacity);
    this.flags = new Uint8Array(capacity);
    const kept = (row: RowName, columns: number): number => (this.keeps(row) ? capacity * columns : 0);
    this.base = new Float64Array(kept("default-1", COLUMNS));
    this.peer = new Float64Array(kept("peer-10", PEER_COLUMNS));
    this.horizonBase = new Float64Array(kept("default-2", HORIZON_COLUMNS));
    this.history = new Float64Array(kept("default-2", HISTORY_COLUMNS * specCount));
    this.own = new Float64Array(kept("custom", OWN_COLUMNS.length));
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

  /** Whether the columns of a row are kept. */
  keeps(name: RowName): boolean {
    return this.rows.includes(name);
  }

  /**
   * Writes columns of entry k into `out` from `offset` on: the row's `columns[j]`, as float32 values.
   * @param spec which label spec's τ and history to take (not `peer-10`).
   * @throws RangeError for a row that is not kept.
   */
  row(name: RowName, k: number, spec: number, columns: ArrayLike<number>, out: Float32Array, offset: number): void {
    if (!this.keeps(name)) throw new RangeError(`row: got ${name}, expected one of ${this.rows.join(", ")}`);
    const place = k * this.specCount + spec;
    const tau = this.tau[place]!;
    const lnTau = this.lnTau[place]!;
    const relations = RELATIONS[name];
    const stored = this.storedOf(name);
    const width = stored === this.horizonBase ? HORIZON_COLUMNS : relations.length;
    for (let j = 0; j < columns.length; j++) {
      const c = columns[j]!;
      const x = c < width ? stored[k * width + c]! : this.behindHorizon(k, place, c);
      const relation = relations[c]!;
      out[offset + j] = relation === PLAIN ? x : relation === MINUS_LN ? x - lnTau : x / tau;
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

  /**
   * Whether training takes the row of entry k once its label is decided, and live windows of drift take it: it can be
   * predicted under the spec, and may count.
   */
  isTrainable(k: number, spec: number): boolean {
    return this.ready(k, spec) && this.isEligible(k);
  }

  /** Replaces all entries by entry k of `other`, for a reader that outlives the next batch. */
  keepOnly(other: ClosedSteps, k: number): void {
    this.clear();
    this.append();
    for (const field of FIELDS) {
      const width = this[field].length / this.capacity;
      // What `other` does not keep is not known.
      if (other[field].length === 0) this[field].fill(NaN);
      else this[field].set(other[field].subarray(k * width, (k + 1) * width));
    }
  }

  /** Appends all entries of `other`, which must have the same number of label specs and the same rows. */
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

  /** Without own columns: what is stored of these stands at the end of an engine's state. */
  save(to: StateWriter): void {
    to.number(this.count);
    for (const field of STORED_FIELDS)
      to.array(this[field].subarray(0, (this[field].length / this.capacity) * this.count));
  }

  load(from: StateReader): void {
    const count = from.number();
    this.clear();
    while (this.count < count) this.append();
    this.own.fill(NaN);
    for (const field of STORED_FIELDS) {
      const isStored = from.version >= HORIZON_STATE_VERSION || !HORIZON_FIELDS.has(field);
      if (isStored) this[field].set(from.arrayOfAnyLength());
      else this[field].fill(NaN);
    }
  }

  /** Column `c` of `default-2` or `custom`, of those that come after the ones that all label specs share. */
  private behindHorizon(k: number, place: number, c: number): number {
    if (c < HORIZON_WIDTH) return this.history[place * HISTORY_COLUMNS + c - HORIZON_COLUMNS]!;
    return this.own[k * OWN_COLUMNS.length + c - HORIZON_WIDTH]!;
  }

  private storedOf(name: RowName): Float64Array {
    if (name === "default-1") return this.base;
    return name === "peer-10" ? this.peer : this.horizonBase;
  }

  private grow(): void {
    const grown = new ClosedSteps(this.specCount, this.capacity * 2, this.rows);
    for (const field of FIELDS) grown[field].set(this[field]);
    this.capacity = grown.capacity;
    this.index = grown.index;
    this.flags = grown.flags;
    this.base = grown.base;
    this.peer = grown.peer;
    this.horizonBase = grown.horizonBase;
    this.history = grown.history;
    this.own = grown.own;
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
  "horizonBase",
  "history",
  "own",
  "tau",
  "lnTau",
  "label",
  "horizonVolatility",
  "price",
  "rv60",
  "spread",
] as const;

const STORED_FIELDS = FIELDS.filter((field) => field !== "own");

/** What older states do not have. */
const HORIZON_FIELDS: ReadonlySet<(typeof FIELDS)[number]> = new Set(["horizonBase", "history"]);
