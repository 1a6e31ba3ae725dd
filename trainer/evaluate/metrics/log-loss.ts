// Logarithmic loss, as scikit-learn's `log_loss`.
import { ln } from "../../../src/features/exact-math.ts";

/**
 * Mean −ln of the probability given to what happened, probabilities clipped to [2⁻⁵², 1 − 2⁻⁵²]; `NaN` without rows.
 */
export function logLoss(labels: Uint8Array, probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < labels.length; k++) {
    const p = Math.min(Math.max(probabilities[k]!, Number.EPSILON), 1 - Number.EPSILON);
    sum -= ln(labels[k] === 1 ? p : 1 - p);
  }
  return sum / labels.length;
}
