// What a model's inputs looked like in training, small enough for its manifest: the thing that live windows are compared
// with. How thresholds are calibrated is the trainer's affair; how windows are judged, drift-windows.ts's.
import { sortedFinite } from "./sorted-finite.ts";

/** Knots of a feature's frozen distribution: quantiles at k/256, k = 0 … 256. */
export const QUANTILE_KNOTS = 257;

/** Name of the last pseudo-feature: the model's own calibrated score, so that prediction drift is one more column. */
export const PROBABILITY = "probability";

export type DriftWindowName = "1h" | "24h";

/** One column in training. */
export interface DriftFeature {
  readonly name: string;
  /** 257 ascending type-7 quantiles at k/256 of the finite training values; empty when there were none. */
  readonly quantiles: readonly number[];
  /** Share of training rows without a finite value, 0 to 1. */
  readonly missingShare: number;
  /** Population standard deviation of the finite training values; 0 when there were none. */
  readonly deviation: number;
}

/** What windows of one length do while nothing has changed. */
export interface DriftWindowReference {
  readonly name: DriftWindowName;
  /** Steps in a window. */
  readonly steps: number;
  /** One row is kept each `every` steps. */
  readonly every: number;
  /** Windows with fewer rows are not judged. */
  readonly minRows: number;
  /** How many training windows the thresholds stand on. */
  readonly nullWindows: number;
  /** Stated false-alarm rate of each threshold and of the dataset's verdict, e.g. 0.05. */
  readonly alpha: number;
  /** Per feature, in the order of `features`: the normed Wasserstein distance above which it drifted; `null` for a feature that could not be calibrated. */
  readonly thresholds: readonly (number | null)[] | null;
  /** Share of drifted features above which the dataset drifted. */
  readonly datasetShare: number | null;
  /**
   * Largest distance over its own threshold (largest-ratio.ts) above which the dataset drifted; calibrated together with
   * `datasetShare`. `null` without thresholds, and in manifests of before it was there: the share alone decides then.
   */
  readonly datasetRatio: number | null;
  /** Why there are no thresholds. */
  readonly reason?: string;
}

/** In a manifest as `drift`. Plain values, JSON there and back. */
export interface DriftReference {
  /** The model's columns in its order, then `probability`. */
  readonly features: readonly DriftFeature[];
  readonly windows: readonly DriftWindowReference[];
}

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
