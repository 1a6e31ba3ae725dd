// Logistic regression with an L2 penalty by Newton's method (iteratively reweighted least squares). Exact arithmetic
// only, so the same rows give the same weights on every machine.
import { exp, ln } from "../../src/features/exact-math.ts";
import { solveCholesky } from "./solve-cholesky.ts";
import { sigmoid } from "../score/sigmoid.ts";

/** Rows [n × width] without NaN, and a target in [0, 1] for each. */
export interface Design {
  readonly x: Float64Array;
  readonly width: number;
  readonly targets: Float64Array;
  /** How much each row counts, at least 0; absent: 1 each. */
  readonly weights?: Float64Array | undefined;
}

export interface LogisticFit {
  readonly weights: Float64Array;
  readonly intercept: number;
  readonly iterations: number;
}

const MAX_ITERATIONS = 100;
const GRADIENT_TOLERANCE = 1e-9;
/** Keeps the Hessian invertible where a weight has neither effect nor penalty. */
const RIDGE = 1e-12;

/**
 * Minimises (weighted) mean log loss + ½ · strength · |w|²; the intercept is not penalised. scikit-learn's `C` is
 * 1 / (n · strength).
 * @param start weights of a nearby problem to begin from.
 */
export function fitLogistic(design: Design, strength: number, start?: LogisticFit): LogisticFit {
  const { width } = design;
  const size = width + 1;
  let beta: Float64Array = new Float64Array(size);
  if (start !== undefined) {
    beta.set(start.weights);
    beta[width] = start.intercept;
  }
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let loss = objective(design, strength, beta);
  let iterations = 0;
  for (; iterations < MAX_ITERATIONS; iterations++) {
    derivatives(design, strength, beta, gradient, hessian);
    if (gradient.every((g) => Math.abs(g) < GRADIENT_TOLERANCE)) break;
    const direction = gradient.slice();
    if (!solveCholesky(hessian, direction)) break;
    let step = 1;
    let next = beta;
    let nextLoss = Infinity;
    for (; step > 1e-6 && !(nextLoss <= loss); step /= 2) {
      next = beta.map((b, j) => b - step * direction[j]!);
      nextLoss = objective(design, strength, next);
    }
    if (!(nextLoss <= loss)) break;
    beta = next;
    loss = nextLoss;
  }
  return { weights: beta.slice(0, width), intercept: beta[width]!, iterations };
}

function logit(design: Design, i: number, beta: Float64Array): number {
  const { x, width } = design;
  let z = beta[width]!;
  for (let j = 0; j < width; j++) z += beta[j]! * x[i * width + j]!;
  return z;
}

function objective(design: Design, strength: number, beta: Float64Array): number {
  const { targets, width, weights } = design;
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const z = logit(design, i, beta);
    const loss = Math.max(z, 0) - targets[i]! * z + ln(1 + exp(-Math.abs(z)));
    sum += weights === undefined ? loss : weights[i]! * loss;
  }
  let norm = 0;
  for (let j = 0; j < width; j++) norm += beta[j]! * beta[j]!;
  return sum / totalWeight(design) + 0.5 * strength * norm;
}

function totalWeight({ targets, weights }: Design): number {
  return weights === undefined ? targets.length : weights.reduce((sum, w) => sum + w, 0);
}

/** Writes gradient and (lower) Hessian of the objective at `beta`. */
function derivatives(
  design: Design,
  strength: number,
  beta: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  const { x, width, targets, weights } = design;
  const n = totalWeight(design);
  const size = width + 1;
  gradient.fill(0);
  hessian.fill(0);
  for (let i = 0; i < targets.length; i++) {
    const counted = weights === undefined ? 1 : weights[i]!;
    const p = sigmoid(logit(design, i, beta));
    const error = counted * (p - targets[i]!);
    const weight = counted * p * (1 - p);
    const at = i * width;
    for (let j = 0; j < width; j++) {
      const xj = x[at + j]!;
      gradient[j]! += error * xj;
      const wx = weight * xj;
      for (let k = 0; k <= j; k++) hessian[j * size + k]! += wx * x[at + k]!;
      hessian[width * size + j]! += wx;
    }
    gradient[width]! += error;
    hessian[width * size + width]! += weight;
  }
  for (let j = 0; j < size; j++) {
    gradient[j]! /= n;
    for (let k = 0; k <= j; k++) hessian[j * size + k]! /= n;
    hessian[j * size + j]! += RIDGE;
  }
  for (let j = 0; j < width; j++) {
    gradient[j]! += strength * beta[j]!;
    hessian[j * size + j]! += strength;
  }
}
