// Brier score, and its skill against always forecasting the base rate.

/** Mean squared distance of probability and outcome; `NaN` without rows. */
export function brierScore(labels: Uint8Array, probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < labels.length; k++) {
    const error = probabilities[k]! - labels[k]!;
    sum += error * error;
  }
  return sum / labels.length;
}

/**
 * 1 − Brier / (p(1 − p)), p the base rate of these same rows: a climatology that knows the test, hence the harder one.
 * 0 is no better than it, below 0 worse; `NaN` when all outcomes are equal.
 */
export function brierSkill(labels: Uint8Array, probabilities: ArrayLike<number>): number {
  const base = labels.reduce((sum, y) => sum + y, 0) / labels.length;
  const climatology = base * (1 - base);
  return climatology > 0 ? 1 - brierScore(labels, probabilities) / climatology : NaN;
}
