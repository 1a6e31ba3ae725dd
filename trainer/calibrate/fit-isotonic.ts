// Isotonic calibration: the best ascending step function of the score, by pooling adjacent violators.
import type { IsotonicCalibration } from "../../src/model/manifest-calibration.ts";

/**
 * Least squares under "a higher score never means a lower probability", linear between the points that remain: what
 * scikit-learn's `IsotonicRegression(out_of_bounds="clip")` fits. Equal scores are pooled first; of each pool the first
 * and the last score are kept. The ends can be exactly 0 or 1, where no training row contradicts.
 *
 * Example: scores 1 2 3 4 with labels 0 1 0 1 give the points (1, 0), (2, ½), (3, ½), (4, 1).
 *
 * @param scores finite, one per label, at least one; @param labels 1 spike, 0 calm.
 * @throws RangeError without scores.
 */
export function fitIsotonic(scores: Float64Array, labels: Uint8Array): IsotonicCalibration {
  if (scores.length === 0) throw new RangeError("scores: got none, expected at least one");
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const first: number[] = [];
  const last: number[] = [];
  const hits: number[] = [];
  const rows: number[] = [];
  for (let i = 0; i < order.length;) {
    const score = scores[order[i]!]!;
    let positives = 0;
    const from = i;
    for (; i < order.length && scores[order[i]!] === score; i++) positives += labels[order[i]!]!;
    first.push(score);
    last.push(score);
    hits.push(positives);
    rows.push(i - from);
    // Shares as fractions: a/b ≥ c/d is a·d ≥ c·b, exact for counts.
    while (hits.length > 1 && hits.at(-2)! * rows.at(-1)! >= hits.at(-1)! * rows.at(-2)!) {
      first.pop();
      last.splice(-2, 1);
      hits.push(hits.pop()! + hits.pop()!);
      rows.push(rows.pop()! + rows.pop()!);
    }
  }
  const points: { score: number; probability: number }[] = [];
  hits.forEach((count, pool) => {
    const probability = count / rows[pool]!;
    points.push({ score: first[pool]!, probability });
    if (last[pool]! > first[pool]!) points.push({ score: last[pool]!, probability });
  });
  return {
    method: "isotonic",
    scores: points.map((point) => point.score),
    probabilities: points.map((point) => point.probability),
  };
}
