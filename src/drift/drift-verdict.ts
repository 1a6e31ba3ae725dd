// The verdict on a closed window. Plain values that convert to JSON and back: `null` for a missing number.
import type { PresenceChange } from "./presence-change.ts";
import type { DriftWindowName } from "./drift-reference.ts";

/**
 * - `ok`, `drift`: compares two figures with their limits from training windows: the share of drifted features, and the
 * largest distance over its own threshold. Exceeding either limit makes it `drift`, and so does a feature that
 * vanished or appeared, which needs no thresholds.
 * - `uncalibrated`: the distances are shown, but there are too few training windows for thresholds.
 * - `no_reference`: the model's manifest has no training distribution.
 * - `too_few_rows`: the window, or every feature in it, has too few values to be judged.
 */
export type DriftJudgement = "ok" | "drift" | "uncalibrated" | "no_reference" | "too_few_rows";

/** A limit that was exceeded, or `presence` where a feature vanished or appeared. */
export type DriftAlarm = "share" | "ratio" | "presence";

/** One feature in one window, against the frozen training distribution (reference-distance.ts). */
export interface FeatureDrift {
  readonly name: string;
  /** Normed Wasserstein distance; this and the next three are `null` if either side has no values. */
  readonly wasserstein: number | null;
  readonly psi: number | null;
  readonly ks: number | null;
  readonly jensenShannon: number | null;
  /** The null-calibrated limit of the distance, which decides. */
  readonly threshold: number | null;
  /** Whether the distance is above the threshold; `null` (not counted) without a threshold or with too few values. */
  readonly drifted: boolean | null;
  /** Whether its values vanished or appeared (presence-change.ts): then it drifted, whatever its distance. */
  readonly presence: PresenceChange | null;
  /** Whether the distance is at least the customary 0.1; for information only. */
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
  /** Number of thinned rows in the window. */
  readonly rows: number;
  readonly modelSha: string;
  readonly verdict: DriftJudgement;
  /** Why there is no judgement; `null` for `ok` and `drift`. */
  readonly reason: string | null;
  readonly features: readonly FeatureDrift[];
  /** Share of drifted features among the counted ones. */
  readonly driftedShare: number | null;
  /**
   * The share above which the dataset drifted. The stated false-alarm rate is for this limit and the ratio's together.
   */
  readonly datasetThreshold: number | null;
  /** The largest distance over its own threshold among the counted features, and its feature (largest-ratio.ts). */
  readonly largestRatio: number | null;
  readonly largestRatioFeature: string | null;
  /** The ratio above which the dataset drifted; `null` also for older references, where the share alone decides. */
  readonly datasetRatioThreshold: number | null;
  /** Why it is `drift`; none for every other verdict. */
  readonly alarmedBy: readonly DriftAlarm[];
  /** Share of features with a distance ≥ 0.1, among those that have a distance: the verdict of a fixed threshold. */
  readonly evidentlyShare: number | null;
  /** Number of training windows behind the thresholds, and their stated false-alarm rate. */
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
