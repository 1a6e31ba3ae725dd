// The columns of `default-2` that all label specs share: which sums they need, and their groups in order.
import { BookColumns, type BookStep } from "./book-columns.ts";
import type { ClosedStep } from "./closed-step.ts";
import { JUMP_HORIZONS, MEASURE_WINDOWS, RETURN_HORIZONS, SPREAD_HORIZONS, TICK_HORIZONS } from "./default-2.ts";
import { FlowStatistics } from "./flow-statistics.ts";
import { windowSteps } from "./horizon-window.ts";
import { MeasureColumns } from "./measure-columns.ts";
import { MoveColumns } from "./move-columns.ts";
import type { RollingSums } from "./rolling-sums.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** Per-step series: r², r, |r_i r_(i−1)|, ln(H/L)² / (4 ln 2), spread over mid, imbalance, ticks. */
type Series = "squares" | "returns" | "products" | "parkinson" | "spreads" | "imbalances" | "ticks";

/** The windows that its sums must have, in steps. */
export function horizonWindows(horizonSteps: number): Readonly<Record<Series, readonly number[]>> {
  const inSteps = (horizons: readonly number[]): number[] =>
    horizons.flatMap((h) => windowSteps(h, horizonSteps) ?? []);
  const measure = inSteps(MEASURE_WINDOWS.map(([, horizons]) => horizons));
  return {
    squares: measure,
    parkinson: measure,
    returns: inSteps(RETURN_HORIZONS),
    products: inSteps(JUMP_HORIZONS),
    spreads: inSteps(SPREAD_HORIZONS),
    imbalances: inSteps([1]),
    ticks: inSteps(TICK_HORIZONS),
  };
}

/** What only this row needs; `update` comes after the sums have the step. */
export class HorizonRow {
  private readonly measures: MeasureColumns;
  private readonly moves: MoveColumns;
  private readonly flow: FlowStatistics;
  private readonly book: BookColumns;

  constructor(sums: Readonly<Record<Series, RollingSums>>, horizonSteps: number) {
    this.measures = new MeasureColumns(sums.squares, sums.parkinson, horizonSteps);
    this.moves = new MoveColumns(sums, horizonSteps);
    this.flow = new FlowStatistics(horizonSteps);
    this.book = new BookColumns(sums, horizonSteps);
  }

  /** @param r the step's logarithmic return. @param parkinson its ln(H/L)² / (4 ln 2). */
  update(step: ClosedStep, r: number, parkinson: number): void {
    this.measures.update(r * r, parkinson);
    this.moves.update(step, r);
    this.flow.update(step);
  }

  /** Writes its `HORIZON_COLUMNS` columns, before τ is applied, into `out` from `at` on. */
  write(out: Float64Array, at: number, step: BookStep): void {
    at = this.measures.write(out, at);
    at = this.moves.write(out, at);
    at = this.flow.write(out, at);
    this.book.write(out, at, step);
  }

  reset(): void {
    this.measures.reset();
    this.moves.reset();
    this.flow.reset();
  }

  save(to: StateWriter): void {
    this.measures.save(to);
    this.moves.save(to);
    this.flow.save(to);
  }

  load(from: StateReader): void {
    this.measures.load(from);
    this.moves.load(from);
    this.flow.load(from);
  }
}
