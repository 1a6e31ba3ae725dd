// Labelled rows in columns that grow: what the dataset is collected in before it is put in order of time.
import { DEFAULT_1, PEER_10, type RowName } from "../../src/features/schema.ts";
import type { PendingRows } from "./pending-rows.ts";

/** Column counts of the two rows. */
export const COLUMN_COUNTS: Readonly<Record<RowName, number>> = {
  "default-1": DEFAULT_1.length,
  "peer-10": PEER_10.length,
};

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
  values: Record<RowName, Float32Array>;

  constructor(capacity: number) {
    this.tsMs = new Float64Array(capacity);
    this.step = new Float64Array(capacity);
    this.segment = new Int32Array(capacity);
    this.symbol = new Uint16Array(capacity);
    this.tau = new Float64Array(capacity);
    this.ratio = new Float64Array(capacity);
    this.label = new Uint8Array(capacity);
    this.values = {
      "default-1": new Float32Array(capacity * COLUMN_COUNTS["default-1"]),
      "peer-10": new Float32Array(capacity * COLUMN_COUNTS["peer-10"]),
    };
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
    for (const name of ["default-1", "peer-10"] as const) {
      const width = COLUMN_COUNTS[name];
      this.values[name].set(from.values[name].subarray(slot * width, (slot + 1) * width), k * width);
    }
  }

  /** A copy of exactly `count` rows in order of time, rows of equal time in the order of their symbols. */
  sortedByTime(): LabelledRows {
    const order = Uint32Array.from({ length: this.count }, (_, k) => k);
    order.sort((a, b) => this.tsMs[a]! - this.tsMs[b]! || this.symbol[a]! - this.symbol[b]! || a - b);
    const sorted = new LabelledRows(this.count);
    sorted.count = this.count;
    order.forEach((from, to) => {
      sorted.tsMs[to] = this.tsMs[from]!;
      sorted.step[to] = this.step[from]!;
      sorted.segment[to] = this.segment[from]!;
      sorted.symbol[to] = this.symbol[from]!;
      sorted.tau[to] = this.tau[from]!;
      sorted.ratio[to] = this.ratio[from]!;
      sorted.label[to] = this.label[from]!;
      for (const name of ["default-1", "peer-10"] as const) {
        const width = COLUMN_COUNTS[name];
        sorted.values[name].set(this.values[name].subarray(from * width, (from + 1) * width), to * width);
      }
    });
    return sorted;
  }

  private grow(): void {
    const grown = new LabelledRows(this.tsMs.length * 2);
    grown.tsMs.set(this.tsMs);
    grown.step.set(this.step);
    grown.segment.set(this.segment);
    grown.symbol.set(this.symbol);
    grown.tau.set(this.tau);
    grown.ratio.set(this.ratio);
    grown.label.set(this.label);
    grown.values["default-1"].set(this.values["default-1"]);
    grown.values["peer-10"].set(this.values["peer-10"]);
    const { tsMs, step, segment, symbol, tau, ratio, label, values } = grown;
    Object.assign(this, { tsMs, step, segment, symbol, tau, ratio, label, values });
  }
}
