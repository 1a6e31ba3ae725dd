// What a model's inputs and scores looked like in training, and how far windows of them lie apart by chance: the
// `drift` of its manifest.
import { type DriftFeature, type DriftReference, driftFeature, PROBABILITY } from "../../src/drift/drift-reference.ts";
import { driftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { ROWS, type RowName } from "../../src/features/schema.ts";
import { roundedDriftReference } from "../../src/model/manifest-drift.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { Score } from "../score/score.ts";
import { calibrateWindows } from "./calibrate-windows.ts";
import { nullDistances, nullWindows, type NullWindows } from "./null-windows.ts";

/** Probabilities of a model, and the positions of their rows in the dataset. */
export interface ScoredPositions {
  readonly positions: Int32Array;
  readonly probabilities: Float64Array;
}

/** A column in training: its frozen distribution, and the distances of the windows of each length. */
interface ColumnNull {
  readonly feature: DriftFeature;
  readonly distances: readonly Float64Array[];
}

/** Drift references of the models of one dataset; what two models of the same row share is computed once. */
export class DriftReferences {
  private readonly data: Dataset;
  private readonly alpha: number;
  private readonly windows: readonly NullWindows[];
  private readonly columns = new Map<string, ColumnNull>();

  /**
   * @param alpha stated false-alarm rate per window, of each feature and of the dataset.
   * @throws RangeError unless alpha lies between 0 and 1.
   */
  constructor(data: Dataset, alpha: number) {
    if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha: got ${alpha}, expected a number between 0 and 1`);
    this.data = data;
    this.alpha = alpha;
    this.windows = driftWindowPlan(data.config.grid.stepMs).map((plan) => nullWindows(data, plan));
  }

  /**
   * The reference of a model that takes `features` of a row, rounded as manifests are. With fewer than 100 windows of a
   * length, or no data, it has no thresholds for it and says why.
   * @param scored probabilities that stand for those of new rows: held-out ones where there are any.
   */
  of({ row, features }: Pick<Score, "row" | "features">, scored: ScoredPositions): DriftReference {
    const columns = [...features.map((name) => this.column(row, name)), this.probability(scored)];
    return {
      features: columns.map(({ feature }) => feature),
      windows: this.windows.map(({ plan, kept, times }, w) => {
        const distances = columns.map((column) => column.distances[w]!);
        return roundedWindow(calibrateWindows(plan, { windows: kept.length, times }, distances, this.alpha));
      }),
    };
  }

  private column(row: RowName, name: string): ColumnNull {
    const key = `${row} ${name}`;
    const known = this.columns.get(key);
    if (known !== undefined) return known;
    const width = ROWS[row].length;
    const at = ROWS[row].findIndex((column) => column.name === name);
    if (at < 0) throw new RangeError(`features: got ${name}, expected a column of ${row}`);
    const all = this.data.rows.values[row];
    const values = Float64Array.from({ length: this.data.rows.count }, (_, k) => all[k * width + at]!);
    const column = this.columnNull(driftFeature(name, values), values);
    this.columns.set(key, column);
    return column;
  }

  private probability({ positions, probabilities }: ScoredPositions): ColumnNull {
    const values = new Float64Array(this.data.rows.count).fill(NaN);
    // Live scores are float32.
    positions.forEach((k, i) => (values[k] = Math.fround(probabilities[i]!)));
    const held = Float64Array.from(positions, (k) => values[k]!);
    return this.columnNull(driftFeature(PROBABILITY, held), values);
  }

  /** Distances are taken from the rounded distribution, the one that the gateway will read. */
  private columnNull(exact: DriftFeature, values: Float64Array): ColumnNull {
    const feature = roundedDriftReference({ features: [exact], windows: [] }).features[0]!;
    return { feature, distances: this.windows.map((windows) => nullDistances(windows, feature, values)) };
  }
}

function roundedWindow(window: DriftReference["windows"][number]): DriftReference["windows"][number] {
  return roundedDriftReference({ features: [], windows: [window] }).windows[0]!;
}
