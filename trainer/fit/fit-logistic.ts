// Logistic regression with an L2 penalty by Newton's method (iteratively reweighted least squares). Exact arithmetic
// only, so the same rows give the same weights on every machine.
import { exp, ln } from "../../src/features/exact-math.ts";
import { minimise, type Minimum } from "./newton.ts";
import { sigmoid } from "../score/sigmoid.ts";

/** Rows [n × width] without NaN, and a target in [0, 1] for each. */
export interface Design {
  readonly x: Float64Array;
  readonly width: number;
  readonly targets: Float64Array;
  /** How much each row counts, at least 0; absent: 1 each. */
  readonly weights?: Float64Array | undefined;
}

interface Coefficients {
  readonly weights: Float64Array;
  readonly intercept: number;
}

export type LogisticFit = Coefficients & Omit<Minimum, "beta">;

/** Keeps the Hessian invertible where a weight has neither effect nor penalty. */
const RIDGE = 1e-12;

/**
 * Minimises (weighted) mean log loss + ½ · strength · |w|²; the intercept is not penalised. scikit-learn's `C` is
 * 1 / (n · strength).
 * @param start weights of a nearby problem to begin from.
 */
export function fitLogistic(design: Design, strength: number, start?: Coefficients): LogisticFit {
  const { width, targets } = design;
  const problem: Problem = { design, strength, total: totalWeight(design) };
  const first = new Float64Array(width + 1);
  if (start !== undefined) {
    first.set(start.weights);
    first[width] = start.intercept;
  }
  const { beta, ...steps } = minimise(
    {
      size: width + 1,
      rows: targets.length,
      evaluate: (at, gradient) => evaluate(problem, at, gradient),
      writeHessian: (rows, at, hessian) => writeHessian(problem, rows, at, hessian),
    },
    first,
  );
  return { weights: beta.slice(0, width), intercept: beta[width]!, ...steps };
}

interface Problem {
  readonly design: Design;
  readonly strength: number;
  /** Sum of the row weights. */
  readonly total: number;
}

function logit({ x, width }: Design, i: number, beta: Float64Array): number {
  let z = beta[width]!;
  for (let j = 0; j < width; j++) z += beta[j]! * x[i * width + j]!;
  return z;
}

function totalWeight({ targets, weights }: Design): number {
  return weights === undefined ? targets.length : weights.reduce((sum, w) => sum + w, 0);
}

/** Writes the gradient of the objective at `beta` and returns its value. */
function evaluate({ design, strength, total }: Problem, beta: Float64Array, gradient: Float64Array): number {
  const { x, width, targets, weights } = design;
  gradient.fill(0);
  let sum = 0;
  for (let i = 0; i < targets.length; i++) {
    const z = logit(design, i, beta);
    const e = exp(-Math.abs(z));
    const p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
    const counted = weights === undefined ? 1 : weights[i]!;
    sum += counted * (Math.max(z, 0) - targets[i]! * z + ln(1 + e));
    const error = counted * (p - targets[i]!);
    const at = i * width;
    for (let j = 0; j < width; j++) gradient[j]! += error * x[at + j]!;
    gradient[width]! += error;
  }
  let norm = 0;
  for (let j = 0; j <= width; j++) {
    gradient[j]! /= total;
    if (j === width) break;
    gradient[j]! += strength * beta[j]!;
    norm += beta[j]! * beta[j]!;
  }
  return sum / total + 0.5 * strength * norm;
}

/** Writes the (lower) Hessian of the objective at `beta`, on some of the rows. */
function writeHessian(
  { design, strength }: Problem,
  rows: Int32Array,
  beta: Float64Array,
  hessian: Float64Array,
): void {
  const { x, width, weights } = design;
  const size = width + 1;
  let total = 0;
  hessian.fill(0);
  for (const i of rows) {
    const counted = weights === undefined ? 1 : weights[i]!;
    const p = sigmoid(logit(design, i, beta));
    const weight = counted * p * (1 - p);
    total += counted;
    const at = i * width;
    for (let j = 0; j < width; j++) {
      const wx = weight * x[at + j]!;
      for (let k = 0; k <= j; k++) hessian[j * size + k]! += wx * x[at + k]!;
      hessian[width * size + j]! += wx;
    }
    hessian[width * size + width]! += weight;
  }
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) hessian[j * size + k]! /= total;
    hessian[j * size + j]! += RIDGE + (j < width ? strength : 0);
  }
}
