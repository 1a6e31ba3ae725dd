// What the gate's codes mean, in words a reader can act on.

const REASONS: Readonly<Record<string, string>> = {
  too_few_episodes: "Too few independent episodes of high volatility: with fewer than 30 no difference can be trusted.",
  no_gain_over_baseline:
    "No gain over the strongest baseline was shown: the 95 % interval of the Brier gain is not wholly above zero.",
  pr_auc_below_baseline: "PR-AUC is lower than that of the strongest baseline on the same rows.",
  calibration_worse: "Its probabilities are calibrated worse than those of the strongest baseline.",
  leak_check_failed: "A leak check failed: no figure of this run can be believed.",
  not_chosen: "The training rows chose another family, which was tested in its place.",
  not_evaluated: "It was not evaluated here.",
};

/** The reason of a code in a sentence; a reason that is not a known code is given as it is. */
export function reasonText(reason: string): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason]! : reason;
}

/** A remark as a sentence, with a capital and a full stop: `only 3 episodes` is `Only 3 episodes.` */
export function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return whole === "" || /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

/**
 * Why a figure does not exist: rows of one outcome only, or else what the figure needs besides.
 * @param otherwise the reason where both outcomes are there.
 */
export function missingReason(
  { rows, positives }: { readonly rows: number; readonly positives: number },
  otherwise: string,
): string {
  if (rows === 0) return "no rows";
  if (positives === 0) return "no spikes";
  if (positives === rows) return "only spikes";
  return otherwise;
}
