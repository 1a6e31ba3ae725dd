// Looks up a model's prediction at a step of the last day; only its score bin is stored.
import type { QualityState } from "./quality-state.ts";
import { NO_SCORE, ScoreBins } from "./score-bins.ts";

/** A past prediction. */
export interface PastPrediction {
  readonly sha256: string;
  readonly threshold: number;
  readonly bin: number;
  readonly alert: boolean;
  /** The middle of the bin. */
  readonly probability: number;
}

/** Why a prediction was not found. */
export type LookupRefusal = "unknown_model" | "no_prediction" | "expired";

/** @param shaPrefix first characters of the model's SHA-256; @param firstStep steps before it are not kept. */
export function findPrediction(
  { catalogue, ring, lastIndex }: QualityState,
  { shaPrefix, index, firstStep }: { readonly shaPrefix: string; readonly index: number; readonly firstStep: number },
): PastPrediction | LookupRefusal {
  const known = catalogue.series.flatMap((one) => (one?.sha256.startsWith(shaPrefix) === true ? [one] : []));
  if (known.length === 0) return "unknown_model";
  if (index < firstStep) return "expired";
  for (const series of known) {
    const bin = index <= lastIndex ? ring.score(series, index) : NO_SCORE;
    if (bin === NO_SCORE) continue;
    const { sha256, threshold, edges } = series;
    const bins = new ScoreBins(threshold, edges);
    return { sha256, threshold, bin, alert: bin >= bins.firstAlertBin, probability: bins.probability(bin) };
  }
  return "no_prediction";
}
