// Labelled rows in columns that grow: what the dataset is collected in before it is put in order of time.
import { ofRows, ROW_NAMES, type RowName, ROWS } from "../../src/features/schema.ts";
import type { PendingRows } from "./pending-rows.ts";
import { valuesOfRows } from "./values-of-rows.ts";

/** Column counts of the rows. */
export const COLUMN_COUNTS = ofRows((row) => ROWS[row].length);

/** Where a row lies. */
export interface RowPlace {
  readonly stepMs: number;
  readonly segment: number;
  readonly symbol: number;
}

/** How a row's horizon ended. */
export interface RowOutcome {
  readonly label: 0 | 1;
  readonly ratio: number;
}

/** Rows with a decided outcome, as a struct of arrays; entries from `count` on are undefined. */
export class LabelledRows {
  count = 0;
  /** Time stamp of the row, (step + 1)Δ in ms. */
  tsMs: Float64Array;
  /** Grid index of the step. */
  step: Float64Array;
  /** Running number of the segment over all symbols, and the place of the symbol in the dataset's list. */
  segment: Int32Array;
  symbol: Uint16Array;
  /** τ as a fraction. */
  tau: Float64Array;
  /** The horizon's volatility over τ: what a spike exceeds 1 with. */
  ratio: Float64Array;
  /** 1 spike, 0 calm. */
  label: Uint8Array;
  /** Float32 [capacity × columns] per row of `names`; reading another row throws `Error`. */
  values: Record<RowName, Float32Array>;
  /** The rows whose values are kept. */
  readonly names: readonly RowName[];

  constructor(capacity: number, names: readonly RowName[] = ROW_NAMES) {
    this.names = names;
    this.tsMs = new Float64Array(capacity);
    this.step = new Float64Array(capacity);
    this.segment = new Int32Array(capacity);
    this.symbol = new Uint16Array(capacity);
    this.tau = new Float64Array(capacity);
    this.ratio = new Float64Array(capacity);
    this.label = new Uint8Array(capacity);
    this.values = valuesOfRows(names, capacity);
  }

  /** Appends the waiting row in a slot, with its outcome. */
  add(from: PendingRows, slot: number, place: RowPlace, outcome: RowOutcome): void {
    if (this.count === this.tsMs.length) this.grow();
    const k = this.count++;
    this.step[k] = from.index[slot]!;
    this.tsMs[k] = (from.index[slot]! + 1) * place.stepMs;
    this.segment[k] = place.segment;
    this.symbol[k] = place.symbol;
    this.tau[k] = from.tau[slot]!;
    this.ratio[k] = outcome.ratio;
    this.label[k] = outcome.label;
    for (const name of this.names) {
      const width = COLUMN_COUNTS[name];
      this.values[name].set(from.values[name].subarray(slot * width, (slot + 1) * width), k * width);
    }
  }

  /** A copy of exactly `count` rows in order of time, rows of equal time in the order of their symbols. */
  sortedByTime(): LabelledRows {
    const order = Uint32Array.from({ length: this.count }, (_, k) => k);
    order.sort((a, b) => this.tsMs[a]! - this.tsMs[b]! || this.symbol[a]! - this.symbol[b]! || a - b);
    const sorted = new LabelledRows(this.count, this.names);
    sorted.count = this.count;
    order.forEach((from, to) => {
      sorted.tsMs[to] = this.tsMs[from]!;
      sorted.step[to] = this.step[from]!;
      sorted.segment[to] = this.segment[from]!;
      sorted.symbol[to] = this.symbol[from]!;
      sorted.tau[to] = this.tau[from]!;
      sorted.ratio[to] = this.ratio[from]!;
      sorted.label[to] = this.label[from]!;
      for (const name of this.names) {
        const width = COLUMN_COUNTS[name];
        sorted.values[name].set(this.values[name].subarray(from * width, (from + 1) * width), to * width);
      }
    });
    return sorted;
  }

  /** The rows from place k on, in memory of their own. */
  from(k: number): LabelledRows {
    const part = new LabelledRows(0, this.names);
    part.count = this.count - k;
    const cut = <T extends Float64Array | Int32Array | Uint16Array | Uint8Array>(column: T): T =>
      column.slice(k, this.count) as T;
    part.tsMs = cut(this.tsMs);
    part.step = cut(this.step);
    part.segment = cut(this.segment);
    part.symbol = cut(this.symbol);
    part.tau = cut(this.tau);
    part.ratio = cut(this.ratio);
    part.label = cut(this.label);
    for (const name of this.names) {
      const width = COLUMN_COUNTS[name];
      part.values[name] = this.values[name].slice(k * width, this.count * width);
    }
    return part;
  }

  private grow(): void {
    const grown = new LabelledRows(this.tsMs.length * 2, this.names);
    grown.tsMs.set(this.tsMs);
    grown.step.set(this.step);
    grown.segment.set(this.segment);
    grown.symbol.set(this.symbol);
    grown.tau.set(this.tau);
    grown.ratio.set(this.ratio);
    grown.label.set(this.label);
    for (const name of this.names) grown.values[name].set(this.values[name]);
    const { tsMs, step, segment, symbol, tau, ratio, label, values } = grown;
    Object.assign(this, { tsMs, step, segment, symbol, tau, ratio, label, values });
  }
}
