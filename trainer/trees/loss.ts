// Gradients and hessians of the losses, by row, with respect to the score.
import { exp } from "../../src/features/exact-math.ts";
import { sigmoid } from "../score/sigmoid.ts";
import { type FixedPoint, writePair } from "./fixed-point.ts";
import type { Loss } from "./parameters.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Least hessian of a gamma row of weight 1. The hessian y·e^−s vanishes with the target, and a leaf of rows that hardly
 * moved would then take a step without bound; with this, a step is at most −1/`LEAST_GAMMA_HESSIAN` times the rate.
 */
const LEAST_GAMMA_HESSIAN = 0.1;

/**
 * Writes the pairs of the rows at places [from, to) of `workspace.rows` for the score `base` + `scores`, w being the
 * row's weight, y its target and s its score:
 *
 * - logistic: g = w(σ(s) − y), h = wσ(s)(1 − σ(s));
 * - squared, of the loss (s − y)²/2: g = w(s − y), h = w;
 * - gamma, of y·e^−s + s: g = w(1 − y·e^−s), h = w·max(y·e^−s, `LEAST_GAMMA_HESSIAN`).
 */
export function writeGradients(workspace: Workspace, from: number, to: number, base: number, fixed: FixedPoint): void {
  const { rows, pairs, scores, targets, weights, plan } = workspace;
  const { loss } = plan;
  for (let k = from; k < to; k++) {
    const i = rows[k]!;
    const weight = weights[i]!;
    const score = base + scores[i]!;
    if (loss === "logistic") {
      const p = sigmoid(score);
      writePair(pairs, 4 * i, weight * (p - targets[i]!), weight * p * (1 - p), fixed);
    } else if (loss === "squared") writePair(pairs, 4 * i, weight * (score - targets[i]!), weight, fixed);
    else {
      const ratio = targets[i]! * exp(-score);
      writePair(pairs, 4 * i, weight * (1 - ratio), weight * Math.max(ratio, LEAST_GAMMA_HESSIAN), fixed);
    }
  }
}

/**
 * Bounds of the gradient and hessian of any of the first `sampled` rows of `workspace.rows`, for the present scores;
 * `heaviest` is the largest row weight.
 */
export function largestGradients(
  { rows, scores, targets, plan }: Workspace,
  sampled: number,
  base: number,
  heaviest: number,
): [number, number] {
  if (plan.loss === "logistic") return [heaviest, heaviest / 4];
  let farthest = 0;
  if (plan.loss === "squared") {
    for (let k = 0; k < sampled; k++) {
      farthest = Math.max(farthest, Math.abs(base + scores[rows[k]!]! - targets[rows[k]!]!));
    }
    return [heaviest * farthest, heaviest];
  }
  for (let k = 0; k < sampled; k++) {
    farthest = Math.max(farthest, targets[rows[k]!]! * exp(-(base + scores[rows[k]!]!)));
  }
  return [heaviest * Math.max(farthest, 1), heaviest * Math.max(farthest, LEAST_GAMMA_HESSIAN)];
}

/**
 * The constant score that lowers the weighted loss most: the log-odds of the mean target, the mean target, or its
 * logarithm. Targets of one kind only give log-odds of a mean held inside [1e−15, 1 − 1e−15].
 */
export function baseScore(loss: Loss, targets: Float64Array, weights: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < targets.length; i++) {
    sum += weights[i]! * targets[i]!;
    total += weights[i]!;
  }
  const mean = sum / total;
  if (loss === "squared") return mean;
  if (loss === "gamma") return Math.log(mean);
  const p = Math.min(1 - 1e-15, Math.max(1e-15, mean));
  return Math.log(p / (1 - p));
}

/**
 * The loss of one row of weight 1: logistic −ln of the probability of what happened, squared (s − y)², gamma
 * y·e^−s + s, which is QLIKE of the variance y against the forecast e^s but for a term of y alone.
 */
export function rowLoss(loss: Loss, score: number, target: number): number {
  if (loss === "squared") return (score - target) * (score - target);
  if (loss === "gamma") return target * exp(-score) + score;
  const softplus = Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score)));
  return softplus - target * score;
}
