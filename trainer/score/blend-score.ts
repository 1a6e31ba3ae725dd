// Several calibrated scores as one: the mean of their log-odds.
import type { RowName } from "../../src/features/schema.ts";
import type { PlattCalibration } from "../../src/model/manifest-calibration.ts";
import { ROWS } from "../../src/features/schema.ts";
import type { OnnxGraph } from "../artifact/onnx/graph.ts";
import type { DroppedColumn, Score } from "./score.ts";

/** One score of a blend, with the calibration that makes its numbers comparable with the others'. */
export interface BlendPart {
  readonly score: Score;
  readonly calibration: PlattCalibration;
}

/**
 * score = (1/n) Σ (slope_i · score_i + intercept_i), summed from left to right in float64.
 *
 * Example: two parts with score 2, slopes 1 and 3, intercepts 0 and −2 give (2 + 4) / 2 = 3.
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
    for (const { score, calibration } of this.parts) {
      sum += calibration.slope * score.scoreRow(values, offset) + calibration.intercept;
    }
    return sum / this.parts.length;
  }

  addTo(graph: OnnxGraph, input: string, prefix: string): string {
    let sum = "";
    this.parts.forEach(({ score, calibration }, i) => {
      const name = (suffix: string): string => `${prefix}part${i}_${suffix}`;
      const raw = score.addTo(graph, this.columnsFor(graph, input, score, name("columns")), name(""));
      const scaled = graph.node("Mul", [graph.doubles(name("slope"), [calibration.slope]), raw], name("scaled"));
      const shifted = graph.node("Add", [scaled, graph.doubles(name("shift"), [calibration.intercept])], name("logit"));
      sum = i === 0 ? shifted : graph.node("Add", [sum, shifted], name("running_sum"));
    });
    return graph.node("Div", [sum, graph.doubles(`${prefix}parts`, [this.parts.length])], `${prefix}mean`);
  }

  /** The input itself where the part takes all of its columns. */
  private columnsFor(graph: OnnxGraph, input: string, score: Score, name: string): string {
    if (score.columns.length === this.columns.length) return input;
    const places = score.columns.map((column) => this.columns.indexOf(column));
    return graph.node("Gather", [input, graph.integers(`${name}_places`, places)], name, { axis: 1 });
  }
}
