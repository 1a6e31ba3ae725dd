// Where the evidence of one rule stands: plain values for the alert rules and for answers.

/** `new`: neither a fall nor its end was shown yet; `told`: a fall was shown; `well`: its end was. */
export type EvidencePhase = "new" | "told" | "well";

/** Evidence and the limit at which it decides. */
export interface EvidenceLevel {
  readonly value: number;
  readonly limit: number;
}

export interface EvidenceFact extends EvidenceLevel {
  readonly phase: EvidencePhase;
  /** Evidence that the fall is over; `null` for a rule whose end is decided by its figure. */
  readonly ending: EvidenceLevel | null;
  /** Groups of steps that it stands on. */
  readonly groups: number;
  /** Most false alarms a quiet month, for which the limit is made. */
  readonly ratePerMonth: number;
}

/** Where the quality rules stand; `null` for a rule without its figures: no reference, no PR-AUC in the manifest. */
export interface EvidenceFacts {
  readonly calibration: { readonly more: EvidenceFact; readonly fewer: EvidenceFact };
  readonly referenceGain: EvidenceFact | null;
  readonly prAuc: PrAucEvidence | null;
}

/** Two bodies of evidence, of which one suffices. */
export interface PrAucEvidence extends EvidenceFact {
  /** Evidence of a figure that lies below the manifest's for long, by days; `value` is that of a fall within a week. */
  readonly lasting: EvidenceLevel;
  /** PR-AUC of about the last day; `null` before the first spike. */
  readonly recent: number | null;
}
