// Several calibrated scores as one: the weighted mean of their log-odds.
import type { RowName } from "../../src/features/schema.ts";
import { ROWS } from "../../src/features/schema.ts";
import type { OnnxGraph } from "../artifact/onnx/graph.ts";
import type { Line } from "../calibrate/scored-rows.ts";
import type { DroppedColumn, Score } from "./score.ts";

/** One score of a blend. */
export interface BlendPart {
  readonly score: Score;
  /** Makes log-odds of the score. */
  readonly line: Line;
  /** From 0 to 1; those of a blend sum to 1. */
  readonly weight: number;
}

/**
 * score = Σ weight_i · (slope_i · score_i + intercept_i), summed from left to right in float64.
 *
 * Example: two parts with score 2, slopes 1 and 3, intercepts 0 and −2, weights ¼ and ¾ give ½ + 3 = 3½.
 */
export class BlendScore implements Score {
  readonly parts: readonly BlendPart[];
  readonly row: RowName;
  readonly features: readonly string[];
  readonly columns: readonly number[];
  readonly dropped: readonly DroppedColumn[];

  /** @throws RangeError without parts, or when they take different rows. */
  constructor(parts: readonly BlendPart[]) {
    const [first] = parts;
    if (first === undefined) throw new RangeError("parts: got none, expected at least one");
    if (parts.some(({ score }) => score.row !== first.score.row)) {
      throw new RangeError(`parts: got ${parts.map(({ score }) => score.row).join()}, expected one row`);
    }
    this.parts = parts;
    this.row = first.score.row;
    const used = new Set(parts.flatMap(({ score }) => score.columns));
    this.columns = [...used].sort((a, b) => a - b);
    this.features = this.columns.map((column) => ROWS[this.row][column]!.name);
    this.dropped = first.score.dropped.filter(({ name }) => !this.features.includes(name));
  }

  scoreRow(values: Float32Array, offset: number): number {
    let sum = 0;
    for (const { score, line, weight } of this.parts) {
      sum += weight * (line.slope * score.scoreRow(values, offset) + line.intercept);
    }
    return sum;
  }

  scoreRows(values: Float32Array, rows: Int32Array, rowWidth: number): Float64Array {
    return this.sumOf((score) => score.scoreRows(values, rows, rowWidth), rows.length);
  }

  /** The blend of the parts' scores of some rows. */
  sumOf(scoresOf: (part: Score) => Float64Array, count: number): Float64Array {
    const sums = new Float64Array(count);
    for (const { score, line, weight } of this.parts) {
      scoresOf(score).forEach((s, i) => (sums[i]! += weight * (line.slope * s + line.intercept)));
    }
    return sums;
  }

  addTo(graph: OnnxGraph, input: string, prefix: string): string {
    let sum = "";
    this.parts.forEach(({ score, line, weight }, i) => {
      const name = (suffix: string): string => `${prefix}part${i}_${suffix}`;
      const raw = score.addTo(graph, this.columnsFor(graph, input, score, name("columns")), name(""));
      const scaled = graph.node("Mul", [graph.doubles(name("slope"), [line.slope]), raw], name("scaled"));
      const shifted = graph.node("Add", [scaled, graph.doubles(name("shift"), [line.intercept])], name("logit"));
      const weighted = graph.node("Mul", [graph.doubles(name("weight"), [weight]), shifted], name("weighted"));
      sum = i === 0 ? weighted : graph.node("Add", [sum, weighted], name("running_sum"));
    });
    return sum;
  }

  /** The input itself where the part takes all of its columns. */
  private columnsFor(graph: OnnxGraph, input: string, score: Score, name: string): string {
    if (score.columns.length === this.columns.length) return input;
    const places = score.columns.map((column) => this.columns.indexOf(column));
    return graph.node("Gather", [input, graph.integers(`${name}_places`, places)], name, { axis: 1 });
  }
}
