import { describe, expect, it } from "vitest";
import { blendWeights } from "../../trainer/calibrate/blend-weights.ts";
import { sigmoid } from "../../trainer/score/sigmoid.ts";
import { seededUniform } from "./volatile-ticks.ts";

const uniform = seededUniform(17);
const noise = (count: number, size: number): Float64Array =>
  Float64Array.from({ length: count }, () => size * (uniform() + uniform() - 1));
const COUNT = 20_000;
const truth = noise(COUNT, 4).map((z) => z - 2);
const labels = Uint8Array.from(truth, (z) => (uniform() < sigmoid(z) ? 1 : 0));
const useless = noise(COUNT, 2).map((z) => z - 2);

/** rowWeight · Σ log loss + Σ (w − 1/m)² / (2 · 0.25²), slowly. */
function objective(parts: readonly Float64Array[], w: readonly number[], rowWeight: number): number {
  let sum = 0;
  labels.forEach((y, k) => {
    const p = sigmoid(w.reduce((z, wi, i) => z + wi * parts[i]![k]!, 0));
    sum -= Math.log(y === 1 ? p : 1 - p);
  });
  return rowWeight * sum + w.reduce((total, wi) => total + (wi - 1 / w.length) ** 2 / 0.125, 0);
}

describe("the weights of a blend", () => {
  it("leave out a part that says nothing, and give a part that is clearly best all", () => {
    expect(blendWeights([truth, useless], { labels }, 1)).toEqual([1, 0]);
    const weights = blendWeights([useless, noise(COUNT, 3), truth], { labels }, 1);
    expect(weights[2]).toBeGreaterThan(0.95);
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  it("share between two parts of equal noise", () => {
    const parts = [1, 2].map(() => noise(COUNT, 1).map((e, k) => truth[k]! + e));
    for (const weight of blendWeights(parts, { labels }, 1)) expect(Math.abs(weight - 0.5)).toBeLessThan(0.1);
  });

  it("are those of the least penalised loss on a grid of the simplex", () => {
    const parts = [2, 3, 4].map((size) => noise(COUNT, size).map((e, k) => truth[k]! + e));
    for (const rowWeight of [1, 1 / 500]) {
      const weights = blendWeights(parts, { labels }, rowWeight);
      const least = objective(parts, weights, rowWeight);
      for (const [i, j] of [
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const) {
        for (const d of [-0.02, 0.02]) {
          const other = weights.map((w, n) => w + (n === i ? d : n === j ? -d : 0));
          if (Math.min(...other) < 0) continue;
          expect(objective(parts, other, rowWeight)).toBeGreaterThan(least);
        }
      }
    }
  });

  it("stay near equal where rows are few, and are equal without rows", () => {
    expect(blendWeights([new Float64Array(0), new Float64Array(0)], { labels: new Uint8Array(0) }, 1)).toEqual([
      0.5, 0.5,
    ]);
    const weights = blendWeights([truth, useless], { labels }, 1 / 2000);
    expect(weights[0]).toBeGreaterThan(0.5);
    expect(weights[0]).toBeLessThan(0.7);
  });

  it("do not depend on the order of the parts", () => {
    const parts = [2, 3].map((size) => noise(COUNT, size).map((e, k) => truth[k]! + e));
    const [a, b] = blendWeights(parts, { labels }, 1);
    const [c, d] = blendWeights(parts.toReversed(), { labels }, 1);
    expect(a).toBeCloseTo(d!, 3);
    expect(b).toBeCloseTo(c!, 3);
  });

  it("take a row of weight 2 for the same row twice where symbols count the same", () => {
    const rows = [...labels.keys()].slice(0, 3000);
    // The first part is right about symbol 0 alone, a third of the rows, where the second says the opposite.
    const one = truth.map((z, k) => (symbolOf(k) === 0 ? z : useless[k]!));
    const other = truth.map((z, k) => (symbolOf(k) === 0 ? -4 - z : z));
    const of = (at: readonly number[]): Parameters<typeof blendWeights> => [
      [one, other].map((part) => Float64Array.from(at, (k) => part[k]!)),
      { labels: Uint8Array.from(at, (k) => labels[k]!), symbols: Uint16Array.from(at, symbolOf) },
      1 / 20,
    ];
    const [parts, weighed, rowWeight] = of(rows);
    // With as many rows of both symbols, every weight is 1; there are 4/3 as many rows then.
    const doubled = blendWeights(...of(rows.flatMap((k) => (symbolOf(k) === 0 ? [k, k] : [k]))));
    expect(blendWeights(parts, weighed, (4 / 3) * rowWeight)[0]).toBeCloseTo(doubled[0]!, 3);
    expect(doubled[0]).toBeGreaterThan(0.6);
    expect(blendWeights(parts, { labels: weighed.labels }, (4 / 3) * rowWeight)[0]).toBeLessThan(0.6);
  });
});

function symbolOf(k: number): number {
  return k % 3 === 0 ? 0 : 1;
}
