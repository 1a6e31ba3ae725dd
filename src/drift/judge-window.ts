// Judges a closed window against a model's training distribution: the distances of every feature, and one verdict.
import { CUSTOMARY_DISTANCE, driftedShare } from "./drifted-share.ts";
import type { DriftAlarm, DriftVerdict, FeatureDrift } from "./drift-verdict.ts";
import { largestRatio } from "./largest-ratio.ts";
import type { DriftFeature, DriftReference, DriftWindowReference } from "./drift-reference.ts";
import { isPresenceJudged, type MissingLimits, presenceChange, withNothingRare } from "./presence-change.ts";
import { referenceDistance } from "./reference-distance.ts";
import { countFinite } from "./sorted-finite.ts";
import type { DriftWindowPlan } from "./drift-window-plan.ts";

export interface ClosedWindow {
  readonly plan: DriftWindowPlan;
  /** Number of the window: it began at number · windowMs. */
  readonly number: number;
  readonly rows: number;
  /** Those of them from the first steps of a segment, where columns may not have had their fewest values yet. */
  readonly settlingRows: number;
  readonly modelSha: string;
  /** The `rows` values of a column by name, `NaN` for a missing value; `null` when the row has no such column. */
  readonly column: (name: string) => Float64Array | null;
}

/**
 * A feature drifted if its distance exceeds its own threshold. The dataset drifted if the share of drifted features
 * exceeds `datasetShare`, or the largest distance over its threshold exceeds `datasetRatio`, which catches few of many
 * features. All limits are calibrated on training windows. Only features with a threshold and at least `minRows` values
 * are counted. A feature that vanished or appeared has drifted, and the dataset with it; that is judged only where
 * enough rows are not of a segment's first steps, and not of spikes and scores.
 * @param reference `null` when the model's manifest has none.
 */
export function judgeWindow(window: ClosedWindow, reference: DriftReference | null): DriftVerdict {
  const { plan, number, rows, modelSha } = window;
  const base = {
    window: plan.name,
    fromMs: number * plan.windowMs,
    toMs: (number + 1) * plan.windowMs,
    rows,
    modelSha,
  };
  if (reference === null) {
    return { ...base, ...UNJUDGED, verdict: "no_reference", reason: "the model's manifest has no drift reference" };
  }
  const usual = reference.windows.find(({ name }) => name === plan.name);
  const { nullWindows, alpha } = usual ?? UNJUDGED;
  const datasetThreshold = usual?.datasetShare ?? null;
  const minRows = usual?.minRows ?? plan.minRows;
  const why = whyUncalibrated(usual, plan);
  const thresholds = why === null ? usual!.thresholds! : [];
  const enough = rows >= minRows;
  const features = reference.features.map((feature, k) =>
    judgeFeature(window, feature, {
      threshold: thresholds[k] ?? null,
      minRows,
      missing: missingOf(reference, usual, k),
    }),
  );
  const counted = driftedShare(features.flatMap(({ drifted }) => drifted ?? []));
  const atTenth = features.filter(({ wasserstein }) => wasserstein !== null).map((f) => f.driftedAtTenth);
  const farthest = largestRatio(
    features.map(({ drifted, presence, wasserstein }) => (drifted === null || presence !== null ? null : wasserstein)),
    thresholds,
  );
  const figures = {
    driftedShare: counted,
    datasetThreshold,
    largestRatio: farthest?.ratio ?? null,
    largestRatioFeature: farthest === null ? null : features[farthest.index]!.name,
    datasetRatioThreshold: usual?.datasetRatio ?? null,
    evidentlyShare: driftedShare(atTenth),
    nullWindows,
    alpha,
  };
  const unjudged = { ...base, features, ...figures, alarmedBy: [] };
  const alarmedBy = enough ? alarms(figures, features) : [];
  if (alarmedBy.includes("presence")) return { ...unjudged, verdict: "drift", alarmedBy, reason: null };
  if (!enough || atTenth.length === 0) {
    const reason = enough ? "no feature has a value" : `${rows} rows, at least ${minRows} needed`;
    return { ...unjudged, verdict: "too_few_rows", reason };
  }
  if (why !== null) return { ...unjudged, verdict: "uncalibrated", reason: why };
  if (counted === null) {
    const reason = `no calibrated feature has ${minRows} values`;
    return { ...unjudged, verdict: "too_few_rows", reason };
  }
  return { ...unjudged, verdict: alarmedBy.length > 0 ? "drift" : "ok", alarmedBy, reason: null };
}

interface FeatureLimits {
  readonly threshold: number | null;
  readonly minRows: number;
  readonly missing: MissingLimits | undefined;
}

function missingOf(
  { features, symbols = [] }: DriftReference,
  usual: DriftWindowReference | undefined,
  k: number,
): MissingLimits | undefined {
  const missing = usual?.missing;
  if (missing === undefined) return undefined;
  const limits = { least: missing.least[k]!, most: missing.most[k]! };
  return symbols.length > 1 ? limits : withNothingRare(limits, features[k]!.missingShare);
}

function judgeFeature(
  { column, rows, settlingRows }: ClosedWindow,
  reference: DriftFeature,
  { threshold, minRows, missing }: FeatureLimits,
): FeatureDrift {
  const values = column(reference.name);
  const present = values === null ? 0 : countFinite(values);
  const isWatched = values !== null && rows - settlingRows >= minRows && isPresenceJudged(reference.name);
  const presence = isWatched ? presenceChange({ rows, present, minRows }, reference, missing) : null;
  const distance = values !== null && rows >= minRows ? referenceDistance(reference, values) : null;
  const isJudged = distance !== null && threshold !== null && present >= minRows;
  return {
    name: reference.name,
    wasserstein: distance?.wasserstein ?? null,
    psi: distance?.psi ?? null,
    ks: distance?.ks ?? null,
    jensenShannon: distance?.jensenShannon ?? null,
    threshold,
    drifted: presence !== null || (isJudged ? distance.wasserstein > threshold : null),
    presence,
    driftedAtTenth: distance !== null && distance.wasserstein >= CUSTOMARY_DISTANCE,
    missingShare: rows === 0 ? 1 : (rows - present) / rows,
    referenceMissingShare: reference.missingShare,
  };
}

const UNJUDGED = {
  features: [],
  driftedShare: null,
  datasetThreshold: null,
  largestRatio: null,
  largestRatioFeature: null,
  datasetRatioThreshold: null,
  alarmedBy: [],
  evidentlyShare: null,
  nullWindows: 0,
  alpha: null,
} as const;

/** A limit is not exceeded if the figure or the limit is missing. */
function alarms(
  figures: Pick<DriftVerdict, "driftedShare" | "datasetThreshold" | "largestRatio" | "datasetRatioThreshold">,
  features: readonly FeatureDrift[],
): DriftAlarm[] {
  const { driftedShare, datasetThreshold, largestRatio, datasetRatioThreshold } = figures;
  const passed = (value: number | null, limit: number | null): boolean =>
    value !== null && limit !== null && value > limit;
  return [
    ...(passed(driftedShare, datasetThreshold) ? ["share" as const] : []),
    ...(passed(largestRatio, datasetRatioThreshold) ? ["ratio" as const] : []),
    ...(features.some(({ presence }) => presence !== null) ? ["presence" as const] : []),
  ];
}

function whyUncalibrated(usual: DriftWindowReference | undefined, plan: DriftWindowPlan): string | null {
  if (usual === undefined) return `the reference has no windows of ${plan.name}`;
  if (usual.steps !== plan.steps || usual.every !== plan.every) {
    return `calibrated on ${usual.steps} steps, every ${usual.every}th; here ${plan.steps}, every ${plan.every}th`;
  }
  if (usual.thresholds !== null && usual.datasetShare !== null) return null;
  return usual.reason ?? `${usual.nullWindows} training windows`;
}
