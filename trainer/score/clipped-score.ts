// A score held inside a range, then shifted; the ONNX nodes do the same in the same order.
import type { RowName } from "../../src/features/schema.ts";
import type { OnnxGraph } from "../artifact/onnx/graph.ts";
import type { DroppedColumn, Score } from "./score.ts";

/** Where a score is held, and what is added then. */
export interface ClippedRange {
  readonly low: number;
  readonly high: number;
  readonly shift: number;
}

/**
 * score = min(max(inner, low), high) + shift, in float64. Whatever the row holds, the score lies from low + shift to
 * high + shift.
 *
 * Example: low −1, high 2 and shift ½ make 1.5 of an inner score of 1, and −0.5 of −7.
 */
export class ClippedScore implements Score {
  readonly inner: Score;
  readonly range: ClippedRange;

  /** @throws RangeError unless low ≤ high and all are finite. */
  constructor(inner: Score, range: ClippedRange) {
    const { low, high, shift } = range;
    if (!(low <= high && [low, high, shift].every(Number.isFinite))) {
      throw new RangeError(`range: got ${low} to ${high}, shift ${shift}, expected finite numbers in rising order`);
    }
    this.inner = inner;
    this.range = range;
  }

  get row(): RowName {
    return this.inner.row;
  }

  get features(): readonly string[] {
    return this.inner.features;
  }

  get columns(): readonly number[] {
    return this.inner.columns;
  }

  get dropped(): readonly DroppedColumn[] {
    return this.inner.dropped;
  }

  scoreRow(values: Float32Array, offset: number): number {
    const { low, high, shift } = this.range;
    return Math.min(Math.max(this.inner.scoreRow(values, offset), low), high) + shift;
  }

  scoreRows(values: Float32Array, rows: Int32Array, rowWidth: number): Float64Array {
    const { low, high, shift } = this.range;
    return this.inner.scoreRows(values, rows, rowWidth).map((s) => Math.min(Math.max(s, low), high) + shift);
  }

  addTo(graph: OnnxGraph, input: string, prefix: string): string {
    const { low, high, shift } = this.range;
    const name = (suffix: string): string => prefix + suffix;
    const inner = this.inner.addTo(graph, input, name("inner_"));
    const above = graph.node("Max", [inner, graph.doubles(name("low"), [low])], name("above"));
    const within = graph.node("Min", [above, graph.doubles(name("high"), [high])], name("within"));
    return graph.node("Add", [within, graph.doubles(name("shift"), [shift])], name("clipped"));
  }
}
