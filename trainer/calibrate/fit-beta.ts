// Beta calibration: three parameters, so that it bends where Platt's sigmoid cannot, and contains the identity.
import type { BetaCalibration } from "../../src/model/manifest-calibration.ts";
import { exp, ln } from "../../src/features/exact-math.ts";
import { fitLogistic } from "../fit/fit-logistic.ts";
import { betaTerms } from "./beta-terms.ts";

/**
 * Maximum likelihood of probability = 1 / (1 + e^−(a · ln p − b · ln(1 − p) + c)), a and b at least 0 (M. Kull,
 * T. Silva Filho and P. Flach 2017), p = 1 / (1 + e^−score). The likelihood is concave, so where the best a or b is
 * negative the constrained optimum has it at 0 and the other refitted; when both are, the better of the two remains.
 *
 * Targets are Platt's smoothed ones, (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2), so that separable scores keep finite parameters.
 * a = b = 0, a constant, is the answer when no higher score meant more spikes.
 *
 * @param scores finite, one per label, read as log-odds; @param labels 1 spike, 0 calm.
 */
export function fitBeta(scores: Float64Array, labels: Uint8Array): BetaCalibration {
  const terms = Array.from(scores, betaTerms);
  const lnP = Float64Array.from(terms, (t) => t.lnP);
  const minusLnQ = Float64Array.from(terms, (t) => t.minusLnQ);
  const targets = smoothedTargets(labels);
  const both = new Float64Array(2 * scores.length);
  for (let i = 0; i < scores.length; i++) both.set([lnP[i]!, minusLnQ[i]!], 2 * i);
  const free = fitLogistic({ x: both, width: 2, targets }, 0);
  const [a, b] = [free.weights[0]!, free.weights[1]!];
  if (a >= 0 && b >= 0) return { method: "beta", a, b, c: free.intercept };
  const candidates: BetaCalibration[] = [];
  if (b < 0) candidates.push(single(lnP, targets, "a"));
  if (a < 0) candidates.push(single(minusLnQ, targets, "b"));
  const losses = candidates.map((fit) => meanLoss(fit, lnP, minusLnQ, targets));
  return candidates[losses.indexOf(Math.min(...losses))]!;
}

/** One of the two terms alone, at least 0. */
function single(x: Float64Array, targets: Float64Array, which: "a" | "b"): BetaCalibration {
  const fit = fitLogistic({ x, width: 1, targets }, 0);
  const weight = fit.weights[0]!;
  if (weight > 0) return { method: "beta", a: 0, b: 0, [which]: weight, c: fit.intercept };
  const mean = targets.reduce((sum, t) => sum + t, 0) / targets.length;
  return { method: "beta", a: 0, b: 0, c: ln(mean / (1 - mean)) };
}

function meanLoss(
  { a, b, c }: BetaCalibration,
  lnP: Float64Array,
  minusLnQ: Float64Array,
  targets: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const z = a * lnP[i]! + b * minusLnQ[i]! + c;
    sum += Math.max(z, 0) - targets[i]! * z + ln(1 + exp(-Math.abs(z)));
  }
  return sum / targets.length;
}

function smoothedTargets(labels: Uint8Array): Float64Array {
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (labels.length - positives + 2);
  return Float64Array.from(labels, (y) => (y === 1 ? high : low));
}
