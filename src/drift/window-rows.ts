// The thinned rows of one open window, kept in parts of the window so that a snapshot writes the part that changed.
import { decodePage, encodePage, type Page } from "../features/page-buffer.ts";
import { StateFormatError } from "../features/binary-container.ts";
import type { DriftWindowPlan } from "./drift-window-plan.ts";

const KIND = "drift-rows 1";

/**
 * Rows of the steps with index % every === 0 in the open window, in step order. The owner calls `start` to open the
 * next window.
 */
export class WindowRows {
  readonly plan: DriftWindowPlan;
  private readonly stepMs: number;
  private readonly columns: number;
  private readonly layout: string;
  /** Rows that a part of the window can hold. */
  private readonly room: number;
  private readonly values: Float32Array;
  private readonly counts: Uint16Array;
  private readonly dirty: Uint8Array;
  private open = NaN;

  /** @param layout names the columns for the saved pages: saved rows of another layout are discarded. */
  constructor(plan: DriftWindowPlan, stepMs: number, columns: number, layout = "") {
    this.plan = plan;
    this.stepMs = stepMs;
    this.columns = columns;
    this.layout = layout;
    this.room = Math.ceil(plan.windowMs / plan.pages / (stepMs * plan.every));
    this.values = new Float32Array(plan.pages * this.room * columns);
    this.counts = new Uint16Array(plan.pages);
    this.dirty = new Uint8Array(plan.pages);
  }

  /** Number of the window that a step belongs to: floor(index · stepMs / windowMs). */
  windowOf(index: number): number {
    return Math.floor((index * this.stepMs) / this.plan.windowMs);
  }

  /** Number of the open window; `NaN` before the first. */
  get number(): number {
    return this.open;
  }

  /** Number of kept rows. */
  get size(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Clears the rows and opens another window. */
  start(number: number): void {
    this.open = number;
    this.counts.fill(0);
    // Saved parts carry their window's number, so the old ones are ignored without being overwritten.
    this.dirty.fill(0);
  }

  /** Whether the row of a step is kept. */
  samples(index: number): boolean {
    return index % this.plan.every === 0;
  }

  /**
   * Adds the row of a step of the open window for which `samples` is true.
   * @param row one value per column, `NaN` where there is none.
   */
  add(index: number, row: Float32Array): void {
    const { windowMs, pages } = this.plan;
    const part = Math.floor(((index * this.stepMs - this.open * windowMs) * pages) / windowMs);
    const count = this.counts[part]!;
    if (count === this.room)
      throw new Error(`window ${this.plan.name}: part ${part} is full, step ${index} came twice`);
    this.values.set(row.subarray(0, this.columns), (part * this.room + count) * this.columns);
    this.counts[part] = count + 1;
    this.dirty[part] = 1;
  }

  /** The values of a column in the order of the steps, `NaN` where there was none: a new array of `size`. */
  column(column: number): Float64Array {
    const values = new Float64Array(this.size);
    let at = 0;
    for (const [part, count] of this.counts.entries()) {
      for (let i = 0; i < count; i++) values[at++] = this.values[(part * this.room + i) * this.columns + column]!;
    }
    return values;
  }

  /** Sets a column to `NaN` in all rows. */
  clearColumn(column: number): void {
    for (let at = column; at < this.values.length; at += this.columns) this.values[at] = NaN;
    for (const [part, count] of this.counts.entries()) if (count > 0) this.dirty[part] = 1;
  }

  /** The parts that changed since the last call; ids are `rows-<window>-<part>`. */
  dirtyPages(): Page[] {
    const pages: Page[] = [];
    for (const [part, dirty] of this.dirty.entries()) {
      if (dirty === 1) pages.push({ id: this.pageId(part), bytes: this.encode(part) });
    }
    this.dirty.fill(0);
    return pages;
  }

  /**
   * Restores the pages of `dirtyPages`. A damaged part is left empty; parts of an earlier window or of other columns
   * are ignored.
   * @param number the open window; `NaN` when unknown: then the latest window that has a page.
   * @returns the number of damaged pages.
   */
  restore(pages: ReadonlyMap<string, ArrayBuffer>, number: number): number {
    let damaged = 0;
    const found: { part: number; window: number; rows: Float32Array }[] = [];
    for (let part = 0; part < this.plan.pages; part++) {
      const bytes = pages.get(this.pageId(part));
      if (bytes === undefined) continue;
      const page = this.decode(bytes);
      if (page === "damaged") damaged += 1;
      else if (page !== "other") found.push({ part, ...page });
    }
    const open = Number.isNaN(number) ? found.reduce((last, { window }) => Math.max(last, window), -Infinity) : number;
    if (Number.isFinite(open)) this.start(open);
    for (const { part, window, rows } of found) {
      if (window !== open) continue;
      this.values.set(rows, part * this.room * this.columns);
      this.counts[part] = rows.length / this.columns;
    }
    return damaged;
  }

  private pageId(part: number): string {
    return `rows-${this.plan.name}-${part}`;
  }

  private encode(part: number): ArrayBuffer {
    const from = part * this.room * this.columns;
    const rows = this.values.subarray(from, from + this.counts[part]! * this.columns);
    const numbers = { layout: this.layout, stepMs: this.stepMs, window: this.open };
    return encodePage(KIND, { numbers, arrays: [rows] });
  }

  private decode(bytes: ArrayBuffer): { window: number; rows: Float32Array } | "damaged" | "other" {
    try {
      const { numbers, arrays } = decodePage(KIND, bytes);
      const { layout, stepMs, window } = numbers;
      if (layout !== this.layout || stepMs !== this.stepMs) return "other";
      const rows = arrays[0];
      if (!(rows instanceof Float32Array) || typeof window !== "number") return "damaged";
      if (rows.length % this.columns !== 0 || rows.length > this.room * this.columns) return "damaged";
      return { window, rows };
    } catch (error) {
      if (error instanceof StateFormatError || error instanceof SyntaxError) return "damaged";
      throw error;
    }
  }
}
