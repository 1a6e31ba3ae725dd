// Gradients and hessians of the losses, by row, with respect to the score.
import { sigmoid } from "../score/sigmoid.ts";
import { type FixedPoint, writePair } from "./fixed-point.ts";
import type { Workspace } from "./workspace.ts";

export type Loss = "logistic" | "squared";

/**
 * Writes the pairs of rows [from, to) for the score `base` + `scores`, w being the row's weight, y its target and s its
 * score: logistic g = w(σ(s) − y), h = wσ(s)(1 − σ(s)); squared, (s − y)²/2, g = w(s − y), h = w.
 */
export function writeGradients(workspace: Workspace, from: number, to: number, base: number, fixed: FixedPoint): void {
  const { pairs, scores, targets, weights, plan } = workspace;
  const logistic = plan.loss === "logistic";
  for (let i = from; i < to; i++) {
    const weight = weights[i]!;
    const score = base + scores[i]!;
    const p = logistic ? sigmoid(score) : score;
    writePair(pairs, 4 * i, weight * (p - targets[i]!), logistic ? weight * p * (1 - p) : weight, fixed);
  }
}

/** Bounds of one row's gradient and hessian for the present scores; `heaviest` is the largest row weight. */
export function largestGradients(workspace: Workspace, base: number, heaviest: number): [number, number] {
  const { scores, targets, plan } = workspace;
  if (plan.loss === "logistic") return [heaviest, heaviest / 4];
  let farthest = 0;
  for (let i = 0; i < targets.length; i++) farthest = Math.max(farthest, Math.abs(base + scores[i]! - targets[i]!));
  return [heaviest * farthest, heaviest];
}

/**
 * The constant score that lowers the weighted loss most: the log-odds of the mean target, or the mean target. Targets
 * of one kind only give log-odds of a mean held inside [1e−15, 1 − 1e−15].
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
  const p = Math.min(1 - 1e-15, Math.max(1e-15, mean));
  return Math.log(p / (1 - p));
}

/** The loss of one row of weight 1: logistic −ln of the probability of what happened, squared (s − y)². */
export function rowLoss(loss: Loss, score: number, target: number): number {
  if (loss === "squared") return (score - target) * (score - target);
  const softplus = Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score)));
  return softplus - target * score;
}
