// Rows of one file as columns, as many as a row group holds: what is kept in memory of a dataset.
import type { ColumnSource } from "hyparquet-writer";
import { LABEL } from "../../src/features/label-window.ts";
import { ROWS, type RowName } from "../../src/features/schema.ts";
import type { FinishedRow } from "./finished-row.ts";
import type { FoldGrid } from "./fold-grid.ts";
import type { ServedScore } from "./served-scores.ts";

/** Rows of a group: about 4 MB of a symbol. */
const GROUP_ROWS = 16_384;
const FIRST_ROWS = 1024;

/** What every row of a file shares. */
export interface Market {
  readonly symbol: string;
  readonly venue: string | null;
}

/** Struct of arrays that grows up to `GROUP_ROWS`. */
export class RowGroup {
  count = 0;
  private capacity = FIRST_ROWS;
  private readonly names: readonly string[];
  private values: Float32Array;
  /** time, step, segment, τ, horizon volatility, episode: `WIDE` numbers a row. */
  private wide = new Float64Array(FIRST_ROWS * WIDE);
  /** label, eligible, fold, purge: `NARROW` numbers a row. */
  private narrow = new Int32Array(FIRST_ROWS * NARROW);

  private readonly hasServed: boolean;
  private readonly served: (ServedScore | undefined)[] = [];

  /** @param hasServed whether there are columns of served scores. */
  constructor(row: RowName, hasServed: boolean) {
    this.hasServed = hasServed;
    this.names = ROWS[row].map(({ name }) => name);
    this.values = new Float32Array(FIRST_ROWS * this.names.length);
  }

  get isFull(): boolean {
    return this.count === GROUP_ROWS;
  }

  add(row: FinishedRow, folds: FoldGrid, served?: ServedScore): void {
    if (this.count === this.capacity) this.grow();
    const k = this.count++;
    this.values.set(row.values, k * this.names.length);
    const { timeMs, step, segment, tau, horizonVolatility, episode } = row;
    this.wide.set([timeMs, step, segment, tau, horizonVolatility, episode], k * WIDE);
    this.narrow.set([row.label, row.eligible ? 1 : 0, folds.fold(timeMs), folds.purge(timeMs)], k * NARROW);
    if (this.hasServed) this.served[k] = served;
  }

  clear(): void {
    this.count = 0;
  }

  /** The columns in the order of the dataset. */
  columns({ symbol, venue }: Market): ColumnSource[] {
    const { count } = this;
    const one = <T>(value: T): T[] => new Array<T>(count).fill(value);
    return [
      { name: "time", data: this.whole(0), encoding: "DELTA_BINARY_PACKED" },
      { name: "symbol", data: one(symbol) },
      { name: "venue", data: one(venue) },
      { name: "step", data: this.whole(1), encoding: "DELTA_BINARY_PACKED" },
      { name: "segment", data: this.whole(2), encoding: "DELTA_BINARY_PACKED" },
      ...this.names.map((name, column) => ({ name, data: this.feature(column), encoding: "PLAIN" as const })),
      { name: "tau", data: this.numbers(3), encoding: "PLAIN" },
      { name: "label", data: this.each((k) => LABEL_TEXTS[this.narrow[k * NARROW]!] ?? null) },
      { name: "horizon_volatility", data: this.numbers(4), encoding: "PLAIN" },
      { name: "episode", data: this.numbers(5).map((x) => (x === null ? null : BigInt(x))), encoding: "PLAIN" },
      { name: "eligible", data: this.each((k) => this.narrow[k * NARROW + 1] === 1) },
      { name: "fold", data: Int32Array.from({ length: count }, (_, k) => this.narrow[k * NARROW + 2]!) },
      { name: "purge", data: this.each((k) => orNull(this.narrow[k * NARROW + 3]!)) },
      ...(this.hasServed ? this.servedColumns() : []),
    ];
  }

  private servedColumns(): ColumnSource[] {
    return [
      { name: "served_score", data: this.each((k) => this.served[k]?.score ?? null), encoding: "PLAIN" },
      { name: "served_model", data: this.each((k) => this.served[k]?.model ?? null) },
    ];
  }

  private each<T>(value: (k: number) => T): T[] {
    return Array.from({ length: this.count }, (_, k) => value(k));
  }

  private whole(place: number): BigInt64Array {
    return BigInt64Array.from({ length: this.count }, (_, k) => BigInt(this.wide[k * WIDE + place]!));
  }

  private numbers(place: number): (number | null)[] {
    return this.each((k) => {
      const x = this.wide[k * WIDE + place]!;
      return Number.isNaN(x) ? null : x;
    });
  }

  private feature(column: number): Float32Array {
    const { values, names, count } = this;
    const data = new Float32Array(count);
    for (let k = 0; k < count; k++) data[k] = values[k * names.length + column]!;
    return data;
  }

  private grow(): void {
    this.capacity = Math.min(GROUP_ROWS, this.capacity * 4);
    const { values, wide, narrow } = this;
    this.values = new Float32Array(this.capacity * this.names.length);
    this.wide = new Float64Array(this.capacity * WIDE);
    this.narrow = new Int32Array(this.capacity * NARROW);
    this.values.set(values);
    this.wide.set(wide);
    this.narrow.set(narrow);
  }
}

const WIDE = 6;
const NARROW = 4;
const LABEL_TEXTS: Readonly<Record<number, string>> = { [LABEL.calm]: "0", [LABEL.spike]: "1", [LABEL.void]: "void" };

function orNull(fold: number): number | null {
  return fold < 0 ? null : fold;
}
