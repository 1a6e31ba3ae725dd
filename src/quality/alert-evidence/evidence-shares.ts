// The evidence of the rules on live quality as one number each, for metrics.
import type { EvidenceFact, EvidenceFacts, EvidenceLevel } from "./evidence-fact.ts";

/** Evidence over its limit, by rule: of several the largest; `null` for a rule without evidence. */
export interface EvidenceShares {
  readonly calibration: number | null;
  readonly not_better_than_baseline: number | null;
  readonly pr_auc_fell: number | null;
}

/**
 * Where the rules stand. A rule that was told a fault is at least at 1, until the end of the fault is shown.
 *
 * Example: evidence of 28,800 with a limit of 288,000 is 0.1.
 */
export function evidenceShares(facts: EvidenceFacts | null): EvidenceShares {
  if (facts === null) return { calibration: null, not_better_than_baseline: null, pr_auc_fell: null };
  const { calibration, referenceGain, prAuc } = facts;
  return {
    calibration: Math.max(shareOf(calibration.more), shareOf(calibration.fewer)),
    not_better_than_baseline: referenceGain === null ? null : shareOf(referenceGain),
    pr_auc_fell: prAuc === null ? null : shareOf(prAuc, prAuc.lasting),
  };
}

function shareOf(fact: EvidenceFact, ...further: readonly EvidenceLevel[]): number {
  const share = Math.max(...[fact, ...further].map(({ value, limit }) => value / limit));
  return fact.phase === "told" ? Math.max(1, share) : share;
}
