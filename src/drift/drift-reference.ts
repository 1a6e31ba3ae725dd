// The distribution of a model's inputs in training, small enough for its manifest; live windows are compared with it.
// The trainer calibrates the thresholds; judge-window.ts judges the windows.
import * as v from "valibot";
import { crossCheck } from "../schemas/cross-check.ts";
import {
  ascending,
  fields,
  finiteNumber,
  oneOf,
  textUpTo,
  wholeNumber,
  type Parsed,
} from "../schemas/schema-values.ts";
import { sortedFinite } from "./sorted-finite.ts";

/** Knots of a feature's frozen distribution: quantiles at k/256, k = 0 … 256. */
const QUANTILE_KNOTS = 257;

/**
 * Name of the last column: the model's own calibrated score, so that prediction drift is handled as one more feature.
 */
export const PROBABILITY = "probability";

/** The lengths of the windows that are judged. */
const DRIFT_WINDOW_NAMES = ["1h", "24h"] as const;

const quantiles = v.pipe(
  ascending(finiteNumber()),
  v.check(({ length }) => length === 0 || length === QUANTILE_KNOTS, `${QUANTILE_KNOTS} numbers or none`),
);

/** One column in training. */
const driftFeatureSchema = fields({
  name: textUpTo(2000),
  /** 257 ascending type-7 quantiles at k/256 of the finite training values; empty when there were none. */
  quantiles,
  /** Share of training rows without a finite value, 0 to 1. */
  missingShare: finiteNumber(0, 1),
  /** Population standard deviation of the finite training values; 0 when there were none. */
  deviation: finiteNumber(0),
});

/** Calibration of windows of one length on training data without drift. */
const driftWindowSchema = fields({
  name: oneOf(DRIFT_WINDOW_NAMES),
  /** Steps in a window. */
  steps: wholeNumber(1),
  /** One row is kept each `every` steps. */
  every: wholeNumber(1),
  /** Windows with fewer rows are not judged. */
  minRows: wholeNumber(0),
  /** Number of training windows behind the thresholds. */
  nullWindows: wholeNumber(0),
  /** Stated false-alarm rate of each threshold and of the dataset's verdict, e.g. 0.05; higher with few windows. */
  alpha: finiteNumber(0, 1),
  /**
   * Per feature, in the order of `features`: the normed Wasserstein distance above which the feature drifted; `null`
   * for a feature that could not be calibrated.
   */
  thresholds: v.nullable(v.array(v.nullable(finiteNumber(0)), "a list")),
  /** Share of drifted features above which the dataset drifted. */
  datasetShare: v.nullable(finiteNumber()),
  /**
   * Largest distance over its own threshold (largest-ratio.ts) above which the dataset drifted; calibrated together
   * with `datasetShare`. `null` without thresholds and in older manifests: then the share alone decides.
   */
  datasetRatio: v.nullish(finiteNumber(0), null),
  /**
   * Per feature the limits of its share of missing values: a column beyond them has appeared or vanished
   * (presence-change.ts). In manifests of before these are the extremes over the training windows. Absent with too few
   * windows and in manifests older than that.
   */
  missing: v.optional(
    fields({ least: v.array(finiteNumber(0, 1), "a list"), most: v.array(finiteNumber(0, 1), "a list") }),
  ),
  /** Why there are no thresholds, or why their rate is higher than the wanted one. */
  reason: v.optional(textUpTo(2000)),
});

/** Most symbols of a reference: some 2.5 kB each. */
export const MAX_DRIFT_SYMBOLS = 250;

/** One symbol that the model was trained on. */
const driftSymbolSchema = fields({
  name: textUpTo(200),
  /**
   * Per feature how the symbol's values are moved onto the common distribution, shift + scale · x (placement.ts); both
   * empty where it is the only symbol.
   */
  shifts: v.array(finiteNumber(), "a list"),
  scales: v.array(finiteNumber(0), "a list"),
  /** The windows of the lengths that were calibrated on this symbol alone. */
  windows: v.array(driftWindowSchema, "a list"),
});

/** What is wrong with the windows of a reference or of one of its symbols; the path begins with `windows`. */
function windowFinding(windows: readonly v.InferOutput<typeof driftWindowSchema>[], columns: number) {
  for (const [i, { name, thresholds, missing }] of windows.entries()) {
    if (windows.findIndex((other) => other.name === name) < i) {
      return { path: ["windows", i, "name"], got: `${name} again`, expected: "each window once" };
    }
    const lists = [
      { at: ["thresholds"], list: thresholds },
      { at: ["missing", "least"], list: missing?.least },
      { at: ["missing", "most"], list: missing?.most },
    ];
    for (const { at, list } of lists) {
      if (!list || list.length === columns) continue;
      const expected = `${columns}, one per feature`;
      return { path: ["windows", i, ...at], got: `${list.length} values`, expected };
    }
  }
  return undefined;
}

/** The field `drift` of a manifest. Plain values that convert to JSON and back. */
export const driftReferenceSchema = v.pipe(
  fields({
    /** The model's columns in its order, then `probability`. */
    features: v.array(driftFeatureSchema, "a list"),
    windows: v.array(driftWindowSchema, "a list"),
    /** The symbols of the training rows. A symbol that is not among them is placed by its own first windows. */
    symbols: v.optional(v.pipe(v.array(driftSymbolSchema, "a list"), v.maxLength(MAX_DRIFT_SYMBOLS))),
  }),
  crossCheck(({ features, symbols }) => {
    const names = new Set<string>();
    for (const [s, { name: symbol, shifts, scales, windows }] of (symbols ?? []).entries()) {
      if (names.has(symbol)) {
        return { path: ["symbols", s, "name"], got: `${symbol} again`, expected: "each symbol once" };
      }
      names.add(symbol);
      const lengths = { shifts: shifts.length, scales: scales.length };
      for (const [name, length] of Object.entries(lengths)) {
        const isGiven = name === "shifts" ? length > 0 : shifts.length > 0;
        if (isGiven ? length === features.length : length === 0) continue;
        return { path: ["symbols", s, name], got: `${length} values`, expected: `${features.length}, or none in both` };
      }
      const finding = windowFinding(windows, features.length);
      if (finding !== undefined) return { ...finding, path: ["symbols", s, ...finding.path] };
    }
    return undefined;
  }),
  crossCheck(({ features, windows }) => windowFinding(windows, features.length)),
);

export type DriftReference = Parsed<typeof driftReferenceSchema>;
export type DriftSymbolReference = NonNullable<DriftReference["symbols"]>[number];
export type DriftFeature = Parsed<typeof driftFeatureSchema>;
export type DriftWindowReference = Parsed<typeof driftWindowSchema>;
export type DriftWindowName = DriftWindowReference["name"];

/**
 * The frozen distribution of a column; values that are not finite count as missing.
 *
 * Example: 0 1 2 3 4 has the quantiles 0, 1/64, 2/64 … 4, missing share 0 and deviation √2.
 */
export function driftFeature(name: string, values: Float64Array): DriftFeature {
  const finite = values.filter(Number.isFinite);
  return {
    name,
    quantiles: quantilesOf(finite),
    missingShare: values.length === 0 ? 0 : (values.length - finite.length) / values.length,
    deviation: deviationOf(finite),
  };
}

/** Type-7 (NumPy "linear") quantiles at k/256, k = 0 … 256, of the finite values; empty when there are none. */
function quantilesOf(values: Float64Array): number[] {
  const sorted = sortedFinite(values);
  if (sorted.length === 0) return [];
  return Array.from({ length: QUANTILE_KNOTS }, (_, k) => {
    const position = ((sorted.length - 1) * k) / (QUANTILE_KNOTS - 1);
    const below = Math.floor(position);
    const low = sorted[below]!;
    const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
    return low + (position - below) * (high - low);
  });
}

/** Population standard deviation of finite values; 0 for none. */
function deviationOf(values: Float64Array): number {
  if (values.length === 0) return 0;
  let mean = 0;
  for (const x of values) mean += x;
  mean /= values.length;
  let squares = 0;
  for (const x of values) squares += (x - mean) * (x - mean);
  return Math.sqrt(squares / values.length);
}
