// Linear regression of the logarithm of a variance by its own loss: no logarithm of a realised variance is ever taken,
// so a horizon without any movement does no harm.
import { exp, ln } from "../../src/features/exact-math.ts";
import { minimise, type Minimum } from "../fit/newton.ts";

export interface QlikeFit extends Omit<Minimum, "beta"> {
  readonly weights: Float64Array;
  readonly intercept: number;
}

interface QlikeOptions {
  readonly weights?: Float64Array | undefined;
  readonly start?: Pick<QlikeFit, "weights" | "intercept"> | undefined;
}

/**
 * Minimises mean(v · e^−z + z) + ½ · strength · |w|² with z = intercept + x·w, the mean weighted where rows are: QLIKE
 * of the variances v against forecasts e^z, which is the likelihood of a gamma regression with logarithmic link.
 * Convex; by Newton's method. At the minimum the mean of v · e^−z is 1.
 *
 * Example: without columns, the forecast is the mean variance.
 *
 * @param x rows [n × width], standardised, without NaN; @param variances at least 0, one per row, some above 0.
 * @param options `weights`: how much each row counts, with a mean of 1 (absent: 1 each); `start`: a fit of the same
 * rows under another strength, to begin from.
 */
export function fitQlikeRegression(
  x: Float64Array,
  width: number,
  variances: Float64Array,
  strength: number,
  { weights, start }: QlikeOptions = {},
): QlikeFit {
  const problem: Problem = { x, width, variances, strength, weights };
  const first = new Float64Array(width + 1);
  first[width] = ln(variances.reduce((sum, v, i) => sum + (weights?.[i] ?? 1) * v, 0) / variances.length);
  if (start !== undefined) {
    first.set(start.weights);
    first[width] = start.intercept;
  }
  const { beta, ...steps } = minimise(
    {
      size: width + 1,
      rows: variances.length,
      evaluate: (at, gradient) => evaluate(problem, at, gradient),
      writeHessian: (rows, at, hessian) => writeHessian(problem, rows, at, hessian),
    },
    first,
  );
  return { weights: beta.slice(0, width), intercept: beta[width]!, ...steps };
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
