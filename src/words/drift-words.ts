// Formats drift verdicts as sentences with their false-alarm rate.
import type { DriftVerdict, FeatureDrift } from "../drift/drift-verdict.ts";

/** The verdict of a window, or why there is none. */
export function verdictWords(judged: DriftVerdict): string {
  const { verdict, reason, driftedShare, datasetThreshold, datasetRatioThreshold, nullWindows, alpha } = judged;
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
export function featureWords({ drifted, threshold, missingShare }: FeatureDrift, alpha: number | null): string {
  if (drifted === true) return `beyond what all but ${percent(alpha)} of the training windows showed`;
  if (drifted === false) return "within what training windows showed";
  if (missingShare === 1) return "not judged: no value in the window";
  return threshold === null ? "not judged: no calibrated threshold" : "not judged: too few values";
}

function percent(share: number | null): string {
  return share === null ? "an unknown share" : `${Number((100 * share).toFixed(1))} %`;
}
