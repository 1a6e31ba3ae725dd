import { describe, expect, it } from "vitest";
import { minimise, type Objective } from "../../trainer/fit/newton.ts";
import { factorise, substitute } from "../../trainer/fit/solve-cholesky.ts";
import { seededUniform } from "./volatile-ticks.ts";

/** ½ (β − centre)ᵀ A (β − centre) of two coefficients. @param a lower triangle of A: a₀₀, a₁₀, a₁₁. */
function quadratic([a, b, c]: readonly [number, number, number], centre: readonly number[], rows = 10): Objective {
  return {
    size: 2,
    rows,
    evaluate: (beta, gradient) => {
      const [x, y] = [beta[0]! - centre[0]!, beta[1]! - centre[1]!];
      gradient.set([a * x + b * y, b * x + c * y]);
      return (a * x * x + 2 * b * x * y + c * y * y) / 2;
    },
    writeHessian: (_, __, hessian) => hessian.set([a, 0, b, c]),
  };
}

/** Mean log loss of two columns and an intercept, plus ½ |β|²: slopes below 1e-9 are coefficients off by less. */
function logistic(count: number): Objective {
  const uniform = seededUniform(31);
  const x = Array.from({ length: count }, () => [2 * uniform() - 1, 4 * uniform() - 2, 1]);
  const labels = x.map(([a, b]) => (uniform() < 1 / (1 + Math.exp(1 - a! - 0.5 * b!)) ? 1 : 0));
  const probability = (i: number, beta: Float64Array): number =>
    1 / (1 + Math.exp(-x[i]!.reduce((z, v, j) => z + v * beta[j]!, 0)));
  return {
    size: 3,
    rows: count,
    evaluate: (beta, gradient) => {
      gradient.forEach((_, j) => (gradient[j] = beta[j]!));
      let loss = 0.5 * beta.reduce((sum, b) => sum + b * b, 0);
      labels.forEach((y, i) => {
        const p = probability(i, beta);
        loss -= Math.log(y === 1 ? p : 1 - p) / count;
        x[i]!.forEach((v, j) => (gradient[j]! += ((p - y) * v) / count));
      });
      return loss;
    },
    writeHessian: (rows, beta, hessian) => {
      hessian.fill(0);
      for (const i of rows) {
        const p = probability(i, beta);
        for (let j = 0; j < 3; j++) {
          for (let k = 0; k <= j; k++) hessian[3 * j + k]! += (p * (1 - p) * x[i]![j]! * x[i]![k]!) / rows.length;
        }
      }
      for (let j = 0; j < 3; j++) hessian[4 * j]! += 1;
    },
  };
}

describe("Newton's method", () => {
  it("takes one step to the minimum of a quadratic", () => {
    const { beta, iterations, atMinimum } = minimise(quadratic([2, 0.5, 3], [4, -7]), Float64Array.of(100, 100));
    expect([iterations, atMinimum]).toEqual([1, true]);
    expect(beta[0]).toBeCloseTo(4, 12);
    expect(beta[1]).toBeCloseTo(-7, 12);
  });

  it("keeps a Hessian for several steps of a mild problem, and comes to the minimum of a fresh one at every step", () => {
    const problem = logistic(2000);
    let written = 0;
    const writeHessian: Objective["writeHessian"] = (rows, beta, hessian) => {
      written += 1;
      problem.writeHessian(rows, beta, hessian);
    };
    const { beta, iterations, atMinimum } = minimise({ ...problem, writeHessian }, new Float64Array(3));
    expect(atMinimum).toBe(true);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(iterations);

    const fresh = new Float64Array(3);
    const gradient = new Float64Array(3);
    const hessian = new Float64Array(9);
    const rows = Int32Array.from({ length: 2000 }, (_, i) => i);
    for (let step = 0; step < 20; step++) {
      problem.evaluate(fresh, gradient);
      problem.writeHessian(rows, fresh, hessian);
      expect(factorise(hessian, 3)).toBe(true);
      substitute(hessian, gradient).forEach((d, j) => (fresh[j]! -= d));
    }
    beta.forEach((b, j) => expect(Math.abs(b - fresh[j]!)).toBeLessThan(1e-9));
  });

  it("ends where it began, and says so, where the Hessian of all rows is not positive definite", () => {
    const { beta, iterations, atMinimum } = minimise(quadratic([2, 0, -1], [0, 0]), Float64Array.of(1, 1));
    expect([...beta, iterations, atMinimum]).toEqual([1, 1, 0, false]);
  });

  it("takes all rows where the Hessian of a sample is not positive definite", () => {
    const objective = quadratic([2, 0.5, 3], [4, -7], 150_000);
    const asked: number[] = [];
    const writeHessian: Objective["writeHessian"] = (rows, beta, hessian) => {
      asked.push(rows.length);
      if (rows.length === objective.rows) objective.writeHessian(rows, beta, hessian);
      else hessian.fill(0);
    };
    const { beta, atMinimum } = minimise({ ...objective, writeHessian }, new Float64Array(2));
    expect(atMinimum).toBe(true);
    expect(beta[0]).toBeCloseTo(4, 12);
    expect(beta[1]).toBeCloseTo(-7, 12);
    expect(asked).toEqual([50_000, 150_000]);
  });
});
