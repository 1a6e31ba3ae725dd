// The probability from which a model alerts, chosen for a stated goal on scores of rows that it was not fitted on.
import { descendingOrder } from "./metrics/descending-order.ts";

export interface OperatingThreshold {
  readonly threshold: number;
  readonly f1: number;
}

/**
 * The threshold with the highest F1. It lies half-way to the next lower probability, so that rounding to float32 moves
 * no row across; of equal F1 the highest threshold, with the fewest alerts, wins.
 *
 * Example: labels 1 1 0 with probabilities 0.9 0.5 0.1 give threshold 0.3, F1 1.
 * @returns threshold 1 (never alerts), F1 0 without a positive row.
 */
export function maxF1Threshold(labels: Uint8Array, probabilities: Float64Array): OperatingThreshold {
  const order = descendingOrder(probabilities);
  const positives = labels.reduce((sum, y) => sum + y, 0);
  let best: OperatingThreshold = { threshold: 1, f1: 0 };
  let hits = 0;
  for (let i = 0; i < order.length; i++) {
    hits += labels[order[i]!]!;
    const here = probabilities[order[i]!]!;
    const next = i + 1 < order.length ? probabilities[order[i + 1]!]! : 0;
    if (next === here) continue;
    const f1 = (2 * hits) / (i + 1 + positives);
    if (f1 > best.f1) best = { threshold: (here + next) / 2, f1 };
  }
  return best;
}
