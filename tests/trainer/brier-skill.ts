// The slow way to the Brier skill: against always forecasting the base rate of these same rows.
import { brierScore } from "../../trainer/evaluate/metrics/brier-score.ts";

/** 1 − Brier / (p(1 − p)), p the base rate; `NaN` when all outcomes are equal. */
export function brierSkill(labels: Uint8Array, probabilities: ArrayLike<number>): number {
  const base = labels.reduce((sum, y) => sum + y, 0) / labels.length;
  const climatology = base * (1 - base);
  return climatology > 0 ? 1 - brierScore(labels, probabilities) / climatology : NaN;
}
