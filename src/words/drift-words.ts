// Formats drift verdicts as sentences with their false-alarm rate.
import type { DriftVerdict, FeatureDrift } from "../drift/drift-verdict.ts";

/** Most features that a sentence names. */
const MAX_NAMES = 5;

/** The verdict of a window, or why there is none. */
export function verdictWords(judged: DriftVerdict): string {
  const { verdict, reason, driftedShare, datasetThreshold, datasetRatioThreshold, nullWindows, alpha } = judged;
  if (judged.alarmedBy.includes("presence")) return presenceWords(judged);
  switch (verdict) {
    case "ok":
    case "drift": {
      const share = `${percent(driftedShare)} of the features drifted, the limit is ${percent(datasetThreshold)}`;
      const both = datasetRatioThreshold !== null;
      const limits = both ? `${share}; ${ratioWords(judged)}` : share;
      const which = both ? "one of the two" : "it";
      const rate = `${percent(alpha)} of windows without a change are above ${which}, as ${nullWindows} training windows showed`;
      return `${headWords(judged)}: ${limits}; ${rate}.`;
    }
    case "uncalibrated":
    case "no_reference":
    case "too_few_rows":
      return `Not judged: ${reason ?? verdict}.`;
  }
}

/** Which features vanished or appeared. Example: `Drift: 2 features vanished (a, b).` */
function presenceWords({ features }: DriftVerdict): string {
  const parts = (["vanished", "appeared"] as const).flatMap((change) => {
    const names = features.flatMap(({ name, presence }) => (presence === change ? [name] : []));
    if (names.length === 0) return [];
    const shown = names.length > MAX_NAMES ? [...names.slice(0, MAX_NAMES), "…"] : names;
    return [`${names.length} ${names.length === 1 ? "feature" : "features"} ${change} (${shown.join(", ")})`];
  });
  return `Drift: ${parts.join("; ")}.`;
}

/** Which limit was exceeded, if the verdict has two. */
function headWords(judged: DriftVerdict): string {
  if (judged.verdict === "ok") return "No drift";
  const by = judged.alarmedBy;
  if (judged.datasetRatioThreshold === null) return "Drift";
  if (by.length === 2) return "Drift, by the number of features and by the farthest one";
  return by[0] === "ratio" ? "Drift, by the farthest feature" : "Drift, by the number of features";
}

function ratioWords({ largestRatio, largestRatioFeature, datasetRatioThreshold }: DriftVerdict): string {
  const limit = `the limit is ${times(datasetRatioThreshold!)}`;
  if (largestRatio === null) return `no feature could be counted in its threshold, ${limit}`;
  return `the farthest, ${largestRatioFeature}, is at ${times(largestRatio)} its threshold, ${limit}`;
}

/** Three digits. Example: 2.417 gives `2.42 times`. */
function times(ratio: number): string {
  return `${Number(ratio.toPrecision(3))} times`;
}

/** The verdict on one column. @param alpha stated false-alarm rate of its threshold. */
export function featureWords(feature: FeatureDrift, alpha: number | null): string {
  const { drifted, threshold, missingShare, presence } = feature;
  if (presence === "vanished") return "vanished: it has fewer values than in training windows";
  if (presence === "appeared") return "appeared: it has more values than in training windows";
  if (drifted === true) return `beyond what all but ${percent(alpha)} of the training windows showed`;
  if (drifted === false) return "within what training windows showed";
  if (missingShare === 1) return "not judged: no value in the window";
  return threshold === null ? "not judged: no calibrated threshold" : "not judged: too few values";
}

function percent(share: number | null): string {
  return share === null ? "an unknown share" : `${Number((100 * share).toFixed(1))} %`;
}
