// What the gate's codes and an interval mean, in words a reader can act on.
import type { Figure } from "../../src/model/manifest-evaluation.ts";

const REASONS: Readonly<Record<string, string>> = {
  too_few_episodes: "Too few independent episodes of high volatility: with fewer than 30 no difference can be trusted.",
  no_gain_over_persistence:
    "No gain over persistence was shown: the 95 % interval of the Brier gain is not wholly above zero.",
  no_gain_over_zscore: "No gain over zscore was shown: the 95 % interval of the Brier gain is not wholly above zero.",
  pr_auc_below_persistence: "PR-AUC is lower than that of persistence on the same rows.",
  pr_auc_below_zscore: "PR-AUC is lower than that of zscore on the same rows.",
  calibration_worse: "Its probabilities are calibrated worse than those of persistence.",
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

/** Which sign of a difference speaks for the model. */
export type Better = "higher" | "lower";

/**
 * What the interval of a difference shows: `better`, `worse`, or `not shown to differ` when it includes `reference`,
 * its ends counted: comparison({ value: 0.04, low: 0, high: 0.1 }, "higher") is `not shown to differ`.
 * @param reference value of no difference: 0 for differences, 1 for lift.
 */
export function comparison(figure: Figure, better: Better, reference = 0): string {
  if (figure.low > reference) return better === "higher" ? "better" : "worse";
  if (figure.high < reference) return better === "higher" ? "worse" : "better";
  return "not shown to differ";
}

/** Why a figure that needs both outcomes, or an alert, does not exist. */
export function missingReason({ rows, positives }: { readonly rows: number; readonly positives: number }): string {
  if (rows === 0) return "no rows";
  if (positives === 0) return "no spikes";
  if (positives === rows) return "only spikes";
  return "no alerts";
}
