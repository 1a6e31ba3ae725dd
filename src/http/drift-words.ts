// Drift verdicts in sentences, each with the false-alarm rate that it has.
import type { SymbolDrift } from "../durable/symbol-drift.ts";

type Verdict = NonNullable<SymbolDrift["latest"]["1h"]>;

/** The verdict of a window, or why there is none. */
export function verdictWords({ verdict, reason, driftedShare, datasetThreshold, nullWindows, alpha }: Verdict): string {
  switch (verdict) {
    case "ok":
    case "drift": {
      const limit = `${percent(driftedShare)} of the features drifted, the limit is ${percent(datasetThreshold)}`;
      const rate = `${percent(alpha)} of windows without a change are above it, as ${nullWindows} training windows showed`;
      return `${verdict === "drift" ? "Drift" : "No drift"}: ${limit}; ${rate}.`;
    }
    case "uncalibrated":
    case "no_reference":
    case "too_few_rows":
      return `Not judged: ${reason ?? verdict}.`;
  }
}

/** What became of one column. @param alpha stated false-alarm rate of its threshold. */
export function featureWords(
  { drifted, threshold, missingShare }: Verdict["features"][number],
  alpha: number | null,
): string {
  if (drifted === true) return `beyond what all but ${percent(alpha)} of the training windows showed`;
  if (drifted === false) return "within what training windows showed";
  if (missingShare === 1) return "not judged: no value in the window";
  return threshold === null ? "not judged: no calibrated threshold" : "not judged: too few values";
}

function percent(share: number | null): string {
  return share === null ? "an unknown share" : `${Number((100 * share).toFixed(1))} %`;
}
