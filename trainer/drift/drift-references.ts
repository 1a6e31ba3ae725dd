// What a model's inputs and scores looked like in training, and how far windows of them lie apart by chance: the
// `drift` of its manifest.
import {
  type DriftFeature,
  driftFeature,
  type DriftReference,
  type DriftSymbolReference,
  type DriftWindowReference,
  MAX_DRIFT_SYMBOLS,
  PROBABILITY,
} from "../../src/drift/drift-reference.ts";
import type { Placement } from "../../src/drift/placement.ts";
import { driftWindowPlan } from "../../src/drift/drift-window-plan.ts";
import { ROWS, type RowName } from "../../src/features/schema.ts";
import { roundedDriftReference } from "../../src/model/manifest-drift.ts";
import type { Dataset } from "../rows/dataset.ts";
import type { Score } from "../score/score.ts";
import { calibrateWindows, enoughWindows, fewestWindows, windowRates } from "./calibrate-windows.ts";
import { missingLimits } from "./missing-limits.ts";
import { missingShares, nullDistances, nullWindows, type NullWindows } from "./null-windows.ts";
import { symbolPlacements } from "./symbol-placements.ts";

/** Probabilities of a model, and the positions of their rows in the dataset. */
export interface ScoredPositions {
  readonly positions: Int32Array;
  readonly probabilities: Float64Array;
}

/** A column in training: its frozen distribution, and what the windows of each length showed. */
interface ColumnNull {
  readonly feature: DriftFeature;
  /** Per symbol; empty with one symbol. */
  readonly placements: readonly Placement[];
  readonly distances: readonly Float64Array[];
  readonly missing: readonly Float64Array[];
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
   *
   * Several symbols are each placed onto one common distribution first (symbol-placements.ts): else the limits would be
   * those of the mixture, too wide for most and too narrow for an unlike one. A symbol with 100 windows of a length has
   * limits of its own for it.
   * @param scored probabilities that stand for those of new rows: held-out ones where there are any.
   */
  of({ row, features }: Pick<Score, "row" | "features">, scored: ScoredPositions): DriftReference {
    const columns = [...features.map((name) => this.column(row, name)), this.probability(scored)];
    const symbols = this.symbolParts(columns);
    return {
      features: columns.map(({ feature }) => feature),
      windows: this.windows.map((windows, w) => {
        const { kept, times } = windows;
        return this.calibrated(w, columns, { windows: kept.length, times, of: () => true });
      }),
      ...(symbols.length === 0 ? {} : { symbols }),
    };
  }

  /** The symbols with the most windows where there are more than a manifest holds; the others count as unknown ones. */
  private symbolParts(columns: readonly ColumnNull[]): DriftSymbolReference[] {
    const { symbols } = this.data;
    const counts = symbols.map((_, s) => this.windowsOf(0, s));
    const parts = symbols.map((name, s): DriftSymbolReference => {
      const isAlone = symbols.length === 1;
      return {
        name,
        shifts: isAlone ? [] : columns.map(({ placements }) => placements[s]!.shift),
        scales: isAlone ? [] : columns.map(({ placements }) => placements[s]!.scale),
        windows: this.windows.flatMap((_, w) => {
          const own = this.windowsOf(w, s);
          if (isAlone || own < enoughWindows(this.alpha)) return [];
          return [this.calibrated(w, columns, { windows: own, times: own, of: (symbol) => symbol === s })];
        }),
      };
    });
    const kept = new Set([...counts.keys()].sort((a, b) => counts[b]! - counts[a]!).slice(0, MAX_DRIFT_SYMBOLS));
    return parts.filter((_, s) => kept.has(s));
  }

  private windowsOf(w: number, symbol: number): number {
    return this.windows[w]!.symbolOf.reduce((sum, s) => sum + (s === symbol ? 1 : 0), 0);
  }

  /** Limits from the windows of some symbols. */
  private calibrated(
    w: number,
    columns: readonly ColumnNull[],
    { of, ...counts }: { readonly windows: number; readonly times: number; readonly of: (symbol: number) => boolean },
  ): DriftWindowReference {
    const { plan, kept, symbolOf } = this.windows[w]!;
    const part = (values: Float64Array): Float64Array => values.filter((_, place) => of(symbolOf[place]!));
    const distances = columns.map((column) => part(column.distances[w]!));
    if (counts.times < fewestWindows(this.alpha)) {
      return roundedWindow(calibrateWindows(plan, counts, distances, this.alpha));
    }
    const { alpha, stated } = windowRates(counts.times, this.alpha);
    const presence = columns.map(({ feature: { name, missingShare }, missing }) => {
      return { name, missingShare, shares: part(missing[w]!) };
    });
    const rows = Int32Array.from(kept, ({ length }) => length).filter((_, place) => of(symbolOf[place]!));
    const windows = { rows, symbols: symbolOf.filter((symbol) => of(symbol)), minRows: plan.minRows };
    const isOfOne = this.data.symbols.length < 2;
    const { least, most, changed } = missingLimits(presence, windows, { alpha, stated, isOfOne });
    const window = roundedWindow(calibrateWindows(plan, counts, distances, this.alpha, changed));
    return { ...window, missing: { least, most } };
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
    const column = this.columnNull(name, values, (k) => k);
    this.columns.set(key, column);
    return column;
  }

  private probability({ positions, probabilities }: ScoredPositions): ColumnNull {
    const values = new Float64Array(this.data.rows.count).fill(NaN);
    // Live scores are float32.
    positions.forEach((k, i) => (values[k] = Math.fround(probabilities[i]!)));
    return this.columnNull(PROBABILITY, values, (i) => positions[i]!, positions.length);
  }

  /**
   * Distances are taken from the rounded distribution, the one that the gateway will read.
   * @param at the rows that the column is frozen from, of which there are `count`.
   */
  private columnNull(
    name: string,
    raw: Float64Array,
    at: (i: number) => number,
    count = this.data.rows.count,
  ): ColumnNull {
    const { rows, symbols } = this.data;
    const isAlone = symbols.length < 2;
    const placements = isAlone ? [] : symbolPlacements(raw, rows.symbol, symbols.length);
    const values = isAlone ? raw : raw.map((x, k) => place(x, placements[rows.symbol[k]!]!));
    const exact = driftFeature(
      name,
      Float64Array.from({ length: count }, (_, i) => values[at(i)]!),
    );
    const feature = roundedDriftReference({ features: [exact], windows: [] }).features[0]!;
    return {
      feature,
      placements,
      distances: this.windows.map((windows) => {
        return nullDistances(windows, feature, values, isAlone ? undefined : rows.symbol);
      }),
      missing: this.windows.map((windows) => missingShares(windows, values)),
    };
  }
}

function place(x: number, { shift, scale }: Placement): number {
  return shift + scale * x;
}

function roundedWindow(window: DriftWindowReference): DriftWindowReference {
  return roundedDriftReference({ features: [], windows: [window] }).windows[0]!;
}
