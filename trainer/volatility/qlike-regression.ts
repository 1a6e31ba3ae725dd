// Linear regression of the logarithm of a variance by its own loss: no logarithm of a realised variance is ever taken,
// so a horizon without any movement does no harm.
import { exp, ln } from "../../src/features/exact-math.ts";
import { HessianRows, largest } from "../fit/hessian-rows.ts";
import { solveCholesky } from "../fit/solve-cholesky.ts";

export interface QlikeFit {
  readonly weights: Float64Array;
  readonly intercept: number;
  readonly iterations: number;
  /** `false` after `MAX_ITERATIONS`, or where no step lowers the loss though it has a slope. */
  readonly atMinimum: boolean;
}

interface QlikeOptions {
  readonly weights?: Float64Array | undefined;
  readonly start?: Pick<QlikeFit, "weights" | "intercept"> | undefined;
}

/** A fit ends after so many, at the minimum or not. */
export const MAX_ITERATIONS = 100;
const GRADIENT_TOLERANCE = 1e-9;
/** Slopes below this are 0 as far as the loss can tell: no step may lower it any more. */
const LOSS_TOLERANCE = 1e-7;

/**
 * Minimises mean(v · e^−z + z) + ½ · strength · |w|² with z = intercept + x·w, the mean weighted where rows are: QLIKE
 * of the variances v against forecasts e^z, which is the likelihood of a gamma regression with logarithmic link.
 * Convex; by Newton's method, on many rows with the Hessian of a sample of them (`HessianRows`). At the minimum the
 * mean of v · e^−z is 1.
 *
 * Example: without columns, the forecast is the mean variance.
 *
 * @param x rows [n × width], standardised, without NaN; @param variances at least 0, one per row, some above 0.
 * @param options `weights`: how much each row counts, with a mean of 1 (absent: 1 each); `start`: a fit of the same
 * rows under another strength, to begin from.
 * @throws Error when the Hessian is not positive definite, which `strength` above 0 rules out.
 */
export function fitQlikeRegression(
  x: Float64Array,
  width: number,
  variances: Float64Array,
  strength: number,
  { weights, start }: QlikeOptions = {},
): QlikeFit {
  const size = width + 1;
  const problem: Problem = { x, width, variances, strength, weights };
  const hessianRows = new HessianRows(variances.length);
  let beta = new Float64Array(size);
  beta[width] = ln(variances.reduce((sum, v, i) => sum + (weights?.[i] ?? 1) * v, 0) / variances.length);
  if (start !== undefined) {
    beta.set(start.weights);
    beta[width] = start.intercept;
  }
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let loss = evaluate(problem, beta, gradient);
  let iterations = 0;
  for (; iterations < MAX_ITERATIONS; iterations++) {
    if (largest(gradient) < GRADIENT_TOLERANCE) break;
    writeHessian(problem, hessianRows.rows, beta, hessian);
    const direction = gradient.slice();
    if (!solveCholesky(hessian, direction)) throw new Error("qlike regression: the Hessian is not positive definite");
    let step = 2;
    let next = beta;
    let nextLoss = Infinity;
    while (step > 1e-9 && !(nextLoss < loss)) {
      step /= 2;
      next = beta.map((b, j) => b - step * direction[j]!);
      nextLoss = evaluate(problem, next, nextGradient);
    }
    if (!(nextLoss < loss)) {
      if (largest(gradient) < LOSS_TOLERANCE || !hessianRows.widen()) break;
      continue;
    }
    hessianRows.judge(step, gradient, nextGradient);
    beta = next;
    loss = nextLoss;
    [gradient, nextGradient] = [nextGradient, gradient];
  }
  const atMinimum = largest(gradient) < LOSS_TOLERANCE;
  return { weights: beta.slice(0, width), intercept: beta[width]!, iterations, atMinimum };
}

interface Problem {
  readonly x: Float64Array;
  readonly width: number;
  readonly variances: Float64Array;
  readonly strength: number;
  readonly weights: Float64Array | undefined;
}

function forecast({ x, width }: Problem, i: number, beta: Float64Array): number {
  let z = beta[width]!;
  for (let j = 0; j < width; j++) z += beta[j]! * x[i * width + j]!;
  return z;
}

/** Writes the gradient of the objective at `beta` and returns its value. */
function evaluate(problem: Problem, beta: Float64Array, gradient: Float64Array): number {
  const { x, width, variances, strength, weights } = problem;
  const n = variances.length;
  gradient.fill(0);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const z = forecast(problem, i, beta);
    const ratio = variances[i]! * exp(-z);
    const weight = weights?.[i] ?? 1;
    sum += weight * (ratio + z);
    const slope = weight * (1 - ratio);
    const at = i * width;
    for (let j = 0; j < width; j++) gradient[j]! += slope * x[at + j]!;
    gradient[width]! += slope;
  }
  let norm = 0;
  for (let j = 0; j < width; j++) {
    gradient[j] = gradient[j]! / n + strength * beta[j]!;
    norm += beta[j]! * beta[j]!;
  }
  gradient[width]! /= n;
  return sum / n + 0.5 * strength * norm;
}

/** Writes the (lower) Hessian of the objective at `beta`, on some of the rows. */
function writeHessian(problem: Problem, rows: Int32Array, beta: Float64Array, hessian: Float64Array): void {
  const { x, width, variances, strength, weights } = problem;
  const size = width + 1;
  let total = 0;
  hessian.fill(0);
  for (const i of rows) {
    const weight = weights?.[i] ?? 1;
    total += weight;
    const ratio = weight * variances[i]! * exp(-forecast(problem, i, beta));
    const at = i * width;
    for (let j = 0; j < width; j++) {
      const weighted = ratio * x[at + j]!;
      for (let k = 0; k <= j; k++) hessian[j * size + k]! += weighted * x[at + k]!;
      hessian[width * size + j]! += weighted;
    }
    hessian[width * size + width]! += ratio;
  }
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) hessian[j * size + k]! /= total;
    if (j < width) hessian[j * size + j]! += strength;
  }
}
