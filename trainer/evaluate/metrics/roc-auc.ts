// Area under the ROC curve, as scikit-learn's `roc_auc_score`.
import { descendingOrder } from "./descending-order.ts";

/**
 * The probability that a positive row scores above a negative one, ties counting half (Mann–Whitney).
 *
 * Example: labels 0 0 1 1 with scores 0.1 0.4 0.35 0.8 give 0.75.
 * @returns `NaN` unless there are rows of both outcomes.
 */
export function rocAuc(labels: Uint8Array, scores: ArrayLike<number>): number {
  const order = descendingOrder(scores);
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const negatives = labels.length - positives;
  let above = 0;
  let tied = 0;
  let wins = 0;
  for (let i = 0; i < order.length; i++) {
    tied += labels[order[i]!]!;
    const from = i;
    while (i + 1 < order.length && scores[order[i + 1]!] === scores[order[i]!]) tied += labels[order[++i]!]!;
    const calm = i - from + 1 - tied;
    wins += calm * (above + tied / 2);
    above += tied;
    tied = 0;
  }
  return wins / (positives * negatives);
}
