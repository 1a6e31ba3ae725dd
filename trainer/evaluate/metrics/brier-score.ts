// The Brier score.

/** Mean squared distance of probability and outcome; `NaN` without rows. */
export function brierScore(labels: Uint8Array, probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < labels.length; k++) {
    const error = probabilities[k]! - labels[k]!;
    sum += error * error;
  }
  return sum / labels.length;
}
