// Newton's method for convex objectives over rows, with a Hessian that is computed on some of the rows and kept for as
// long as it leads.
import { HessianRows, largest } from "./hessian-rows.ts";
import { factorise, substitute } from "./solve-cholesky.ts";

/** A convex function of a few coefficients that is a sum over rows. Exact arithmetic gives equal bits everywhere. */
export interface Objective {
  /** Number of coefficients. */
  readonly size: number;
  /** Number of rows. */
  readonly rows: number;
  /** Writes the gradient at `beta` and returns the value there. */
  evaluate(beta: Float64Array, gradient: Float64Array): number;
  /** Writes the lower triangle of the Hessian at `beta`, row-major [size × size], estimated on the rows given. */
  writeHessian(rows: Int32Array, beta: Float64Array, hessian: Float64Array): void;
}

export interface Minimum {
  readonly beta: Float64Array;
  /** Steps taken, and those that a wrong Hessian cost. */
  readonly iterations: number;
  /** Whether all slopes are 0 as far as the loss can tell. */
  readonly atMinimum: boolean;
}

/** A fit ends after so many, at the minimum or not. */
export const MAX_ITERATIONS = 100;
const GRADIENT_TOLERANCE = 1e-9;
/** Slopes below this are 0 as far as the loss can tell: no step may lower it any more. */
const LOSS_TOLERANCE = 1e-7;
const LEAST_STEP = 1e-9;
/** Of a value: what its sum over rows may be off. Where that hides a step's gain, the slopes decide. */
const ROUNDING = 1e-12;
/** A Hessian of an earlier step is kept while full steps leave at most this share of the slope. */
const KEPT_SHARE = 1 / 4;

/**
 * Steps are halved until the value does not rise. The gradient of all rows says where to stop, so that neither a sample
 * of the rows in the Hessian (`HessianRows`) nor an older Hessian changes the minimum.
 * Ends early, and says so, after 100 steps and where the Hessian of all rows is not positive definite.
 */
export function minimise(objective: Objective, start: Float64Array): Minimum {
  const { size } = objective;
  const hessianRows = new HessianRows(objective.rows);
  const factor = new Float64Array(size * size);
  let beta = start;
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  let loss = objective.evaluate(beta, gradient);
  let fresh = false;
  let kept = false;
  let iterations = 0;
  for (; iterations < MAX_ITERATIONS; iterations++) {
    if (largest(gradient) < GRADIENT_TOLERANCE) break;
    if (!kept) {
      objective.writeHessian(hessianRows.rows, beta, factor);
      if (!factorise(factor, size)) {
        if (!hessianRows.widen()) break;
        continue;
      }
    }
    fresh = !kept;
    const direction = substitute(factor, gradient.slice());
    let step = 2;
    let next = beta;
    let nextLoss = Infinity;
    let lower = false;
    while (step > LEAST_STEP && !lower) {
      step /= 2;
      next = beta.map((b, j) => b - step * direction[j]!);
      nextLoss = objective.evaluate(next, nextGradient);
      const asFarAsTold = nextLoss <= loss + ROUNDING * Math.abs(loss) && largest(nextGradient) < largest(gradient);
      lower = nextLoss <= loss || asFarAsTold;
    }
    if (!lower) {
      if (largest(gradient) < LOSS_TOLERANCE || (fresh && !hessianRows.widen())) break;
      kept = false;
      continue;
    }
    if (fresh) hessianRows.judge(step, gradient, nextGradient);
    kept = step === 1 && largest(nextGradient) <= KEPT_SHARE * largest(gradient);
    beta = next;
    loss = nextLoss;
    [gradient, nextGradient] = [nextGradient, gradient];
  }
  return { beta, iterations, atMinimum: largest(gradient) < LOSS_TOLERANCE };
}
