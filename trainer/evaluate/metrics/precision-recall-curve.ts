// The precision–recall curve as points to draw.
import { descendingOrder } from "./descending-order.ts";

export interface CurvePoint {
  /** Rows with at least this probability alert. */
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}

/** More points than this do not show in a plot. */
const MAX_CURVE_POINTS = 500;

/**
 * One point per distinct score, from high to low, so recall ascends: scikit-learn's `precision_recall_curve` backwards
 * and without its added end (recall 0, precision 1), which no threshold reaches. With more than `maxPoints` of them,
 * points at even steps along the list are kept, the first and the last always.
 *
 * @returns no points without a positive row. Throws `RangeError` for a `NaN` score or `maxPoints` below 2.
 */
export function precisionRecallCurve(
  labels: Uint8Array,
  scores: ArrayLike<number>,
  maxPoints = MAX_CURVE_POINTS,
): CurvePoint[] {
  if (!(maxPoints >= 2)) throw new RangeError(`maxPoints: got ${maxPoints}, expected at least 2`);
  const order = descendingOrder(scores);
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const points: CurvePoint[] = [];
  if (positives === 0) return points;
  let hits = 0;
  for (let i = 0; i < order.length; i++) {
    hits += labels[order[i]!]!;
    const threshold = scores[order[i]!]!;
    if (i + 1 < order.length && scores[order[i + 1]!] === threshold) continue;
    points.push({ threshold, precision: hits / (i + 1), recall: hits / positives });
  }
  if (points.length <= maxPoints) return points;
  return Array.from({ length: maxPoints }, (_, i) => points[Math.round((i * (points.length - 1)) / (maxPoints - 1))]!);
}
