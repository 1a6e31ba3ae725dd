// Each model's quality by labels from `POST /feedback`: counts and figures from the score bins of the labelled
// predictions.
import { averagePrecisionOfBins } from "../../../quality/bin-curves.ts";
import { type AucBounds, boundsOfLevels } from "../../../quality/level-curves.ts";
import type { ScoreLevel } from "../../../quality/score-level.ts";
import { SCORE_BINS } from "../../../quality/score-bins.ts";
import type { FeedbackCount } from "./feedback-store.ts";

export interface FeedbackQuality {
  /** First 12 digits of the model's SHA-256, as in prediction ids. */
  readonly sha12: string;
  readonly labels: number;
  readonly spikes: number;
  /** `null` for a model whose score bins are no longer known. */
  readonly confusion: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number } | null;
  /**
   * From score bins; `null` without labels of both outcomes. No interval, because it is unknown how the labels were
   * chosen.
   */
  readonly prAuc: number | null;
  /** Between which values PR-AUC lies, whatever the order of scores within their bins; `null` as it. */
  readonly prAucBounds: AucBounds | null;
}

/**
 * One entry per model with labels.
 * @param firstAlertBins by SHA-256 of the known models, the lowest score bin that alerts.
 */
export function feedbackQuality(
  labels: readonly FeedbackCount[],
  firstAlertBins: ReadonlyMap<string, number>,
): FeedbackQuality[] {
  const byModel = new Map<string, { calm: number[]; spike: number[] }>();
  for (const { sha12, label, bin, count } of labels) {
    let counts = byModel.get(sha12);
    if (counts === undefined) {
      counts = { calm: new Array<number>(SCORE_BINS).fill(0), spike: new Array<number>(SCORE_BINS).fill(0) };
      byModel.set(sha12, counts);
    }
    if (bin >= 0 && bin < SCORE_BINS) counts[label === 1 ? "spike" : "calm"][bin]! += count;
  }
  return [...byModel].map(([sha12, { calm, spike }]) => {
    const [quiet, spikes] = [sumFrom(calm, 0), sumFrom(spike, 0)];
    const [, first] = [...firstAlertBins].find(([sha256]) => sha256.startsWith(sha12)) ?? [];
    const prAuc = averagePrecisionOfBins(calm, spike);
    return {
      sha12,
      labels: quiet + spikes,
      spikes,
      confusion: first === undefined ? null : confusionOf(calm, spike, first),
      prAuc: Number.isNaN(prAuc) ? null : prAuc,
      prAucBounds: boundsOfLevels(levelsOfBins(calm, spike)),
    };
  });
}

/** Exact: no bin spans the threshold. */
function confusionOf(calm: readonly number[], spike: readonly number[], firstAlertBin: number) {
  const [tp, fp] = [sumFrom(spike, firstAlertBin), sumFrom(calm, firstAlertBin)];
  return { tp, fp, fn: sumFrom(spike, 0) - tp, tn: sumFrom(calm, 0) - fp };
}

function sumFrom(counts: readonly number[], first: number): number {
  let sum = 0;
  for (let bin = first; bin < counts.length; bin++) sum += counts[bin]!;
  return sum;
}

/** Each bin as a level of its own: only their order matters. */
function levelsOfBins(calm: readonly number[], spike: readonly number[]): ScoreLevel[] {
  return calm.map((count, bin) => {
    const [bottom, top] = [bin / SCORE_BINS, (bin + 1) / SCORE_BINS];
    return { at: (bottom + top) / 2, top, bottom, calm: count, spike: spike[bin]! };
  });
}
