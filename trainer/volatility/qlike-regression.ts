// Linear regression of the logarithm of a variance by its own loss: no logarithm of a realised variance is ever taken,
// so a horizon without any movement does no harm.
import { exp, ln } from "../../src/features/exact-math.ts";
import { solveCholesky } from "../fit/solve-cholesky.ts";

export interface QlikeFit {
  readonly weights: Float64Array;
  readonly intercept: number;
}

const MAX_ITERATIONS = 50;
const TOLERANCE = 1e-10;

/**
 * Minimises mean(v · e^−z + z) + ½ · strength · |w|² with z = intercept + x·w: QLIKE of the variances v against
 * forecasts e^z, which is the likelihood of a gamma regression with logarithmic link. Convex; by Newton's method. At
 * the minimum the mean of v · e^−z is 1.
 *
 * Example: without columns, the forecast is the mean variance.
 *
 * @param x rows [n × width], standardised, without NaN; @param variances at least 0, one per row, some above 0.
 * @param weights how much each row counts, with a mean of 1; absent: 1 each.
 * @throws Error when the Hessian is not positive definite, which `strength` above 0 rules out.
 */
export function fitQlikeRegression(
  x: Float64Array,
  width: number,
  variances: Float64Array,
  strength: number,
  weights?: Float64Array,
): QlikeFit {
  const n = variances.length;
  const size = width + 1;
  let beta = new Float64Array(size);
  beta[width] = ln(variances.reduce((sum, v, i) => sum + (weights?.[i] ?? 1) * v, 0) / n);
  const forecast = (b: Float64Array, i: number): number => {
    let z = b[width]!;
    for (let j = 0; j < width; j++) z += b[j]! * x[i * width + j]!;
    return z;
  };
  const objective = (b: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const z = forecast(b, i);
      sum += (weights?.[i] ?? 1) * (variances[i]! * exp(-z) + z);
    }
    let norm = 0;
    for (let j = 0; j < width; j++) norm += b[j]! * b[j]!;
    return sum / n + 0.5 * strength * norm;
  };
  let loss = objective(beta);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const direction = newtonDirection(x, width, variances, { strength, weights, beta, forecast });
    let step = 1;
    let next = beta;
    let nextLoss = Infinity;
    for (; step > 1e-9 && !(nextLoss < loss); step /= 2) {
      next = beta.map((b, j) => b - step * direction[j]!);
      nextLoss = objective(next);
    }
    if (!(nextLoss < loss)) break;
    const gain = loss - nextLoss;
    beta = next;
    loss = nextLoss;
    if (gain < TOLERANCE) break;
  }
  return { weights: beta.slice(0, width), intercept: beta[width]! };
}

interface NewtonStep {
  readonly strength: number;
  readonly weights: Float64Array | undefined;
  readonly beta: Float64Array;
  readonly forecast: (beta: Float64Array, i: number) => number;
}

/** Hessian⁻¹ · gradient at `beta`. */
function newtonDirection(
  x: Float64Array,
  width: number,
  variances: Float64Array,
  { strength, weights, beta, forecast }: NewtonStep,
): Float64Array {
  const n = variances.length;
  const size = width + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  for (let i = 0; i < n; i++) {
    const weight = weights?.[i] ?? 1;
    const ratio = variances[i]! * exp(-forecast(beta, i));
    const at = i * width;
    for (let j = 0; j < width; j++) {
      const xj = x[at + j]!;
      gradient[j]! += weight * (1 - ratio) * xj;
      const weighted = weight * ratio * xj;
      for (let k = 0; k <= j; k++) hessian[j * size + k]! += weighted * x[at + k]!;
      hessian[width * size + j]! += weighted;
    }
    gradient[width]! += weight * (1 - ratio);
    hessian[width * size + width]! += weight * ratio;
  }
  for (let j = 0; j < size; j++) {
    gradient[j]! /= n;
    for (let k = 0; k <= j; k++) hessian[j * size + k]! /= n;
  }
  for (let j = 0; j < width; j++) {
    gradient[j]! += strength * beta[j]!;
    hessian[j * size + j]! += strength;
  }
  if (!solveCholesky(hessian, gradient)) throw new Error("qlike regression: the Hessian is not positive definite");
  return gradient;
}
