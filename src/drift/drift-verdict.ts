// What is said of a closed window. Plain values, JSON there and back: `null` where there is no number.
import type { DriftWindowName } from "./drift-reference.ts";

/**
 * - `ok`, `drift`: the share of drifted features, and how far the farthest of them lies beyond its own threshold,
 * against   what training windows showed by chance. Either limit alone makes it `drift`. - `uncalibrated`: distances
 * are shown, but too few training windows say what is usual. - `no_reference`: the model's manifest has no training
 * distribution. - `too_few_rows`: the window, or every feature in it, has too few values to be judged.
 */
export type DriftJudgement = "ok" | "drift" | "uncalibrated" | "no_reference" | "too_few_rows";

/** One feature in one window, against the frozen training distribution (reference-distance.ts). */
export interface FeatureDrift {
  readonly name: string;
  /** Normed Wasserstein distance; like the next three `null` without values on either side. */
  readonly wasserstein: number | null;
  readonly psi: number | null;
  readonly ks: number | null;
  readonly jensenShannon: number | null;
  /** The null-calibrated distance that decides. */
  readonly threshold: number | null;
  /** Whether the distance is above the threshold; `null` without one and with too few values: not counted. */
  readonly drifted: boolean | null;
  /** The customary fixed threshold, distance ≥ 0.1: shown beside it, decides nothing. */
  readonly driftedAtTenth: boolean;
  /** Share of the window's rows without a value; 1 when the row has no such column. */
  readonly missingShare: number;
  readonly referenceMissingShare: number;
}

export interface DriftVerdict {
  readonly window: DriftWindowName;
  /** Event time of the window: [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
  /** Thinned rows that it stands on. */
  readonly rows: number;
  readonly modelSha: string;
  readonly verdict: DriftJudgement;
  /** Why there is no yes or no; `null` for `ok` and `drift`. */
  readonly reason: string | null;
  readonly features: readonly FeatureDrift[];
  /** Drifted among the counted features. */
  readonly driftedShare: number | null;
  /** The share above which the dataset drifted. The stated rate is that of this and the ratio's limit together. */
  readonly datasetThreshold: number | null;
  /** The largest distance over its own threshold among the counted features, and whose it is (largest-ratio.ts). */
  readonly largestRatio: number | null;
  readonly largestRatioFeature: string | null;
  /** The ratio above which the dataset drifted; `null` too in references of before there was one: the share decides. */
  readonly datasetRatioThreshold: number | null;
  /** Which of the two limits are passed: one or both for `drift`, none for every other verdict. */
  readonly alarmedBy: readonly ("share" | "ratio")[];
  /** Share of features with a distance ≥ 0.1, among those that have a distance: what a fixed threshold would say. */
  readonly evidentlyShare: number | null;
  /** How many training windows the thresholds stand on, and the false-alarm rate that they state. */
  readonly nullWindows: number;
  readonly alpha: number | null;
}

/** A line of the history. */
export interface DriftSummary {
  readonly window: DriftWindowName;
  readonly toMs: number;
  readonly driftedShare: number | null;
  readonly threshold: number | null;
  readonly largestRatio: number | null;
  readonly ratioThreshold: number | null;
  readonly verdict: DriftJudgement;
}
