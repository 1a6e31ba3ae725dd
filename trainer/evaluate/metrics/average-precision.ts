// Average precision (the area under the precision–recall steps), exactly as scikit-learn's `average_precision_score`.
import { descendingOrder } from "./descending-order.ts";

/**
 * Σ (R_k − R_{k−1}) · P_k over the distinct scores from high to low; rows of equal score enter together.
 *
 * Example: labels 0 0 1 1 with scores 0.1 0.4 0.35 0.8 give 0.8333…
 * @returns `NaN` without a positive row.
 */
export function averagePrecision(labels: Uint8Array, scores: ArrayLike<number>): number {
  const order = descendingOrder(scores);
  const positives = labels.reduce((sum, y) => sum + y, 0);
  let hits = 0;
  let hitsBefore = 0;
  let sum = 0;
  for (let i = 0; i < order.length; i++) {
    hits += labels[order[i]!]!;
    const lastOfTies = i + 1 === order.length || scores[order[i + 1]!] !== scores[order[i]!];
    if (!lastOfTies) continue;
    sum += ((hits - hitsBefore) * hits) / (i + 1);
    hitsBefore = hits;
  }
  return sum / positives;
}
