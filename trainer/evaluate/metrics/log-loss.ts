// Logarithmic loss, as scikit-learn's `log_loss`.
import { ln } from "../../../src/features/exact-math.ts";

/**
 * Mean −ln of the probability given to what happened, probabilities clipped to [2⁻⁵², 1 − 2⁻⁵²]; `NaN` without rows.
 * @param weights how much each row counts, with a mean of 1; absent: 1 each.
 */
export function logLoss(labels: Uint8Array, probabilities: ArrayLike<number>, weights?: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < labels.length; k++) {
    const p = Math.min(Math.max(probabilities[k]!, Number.EPSILON), 1 - Number.EPSILON);
    sum -= (weights?.[k] ?? 1) * ln(labels[k] === 1 ? p : 1 - p);
  }
  return sum / labels.length;
}
