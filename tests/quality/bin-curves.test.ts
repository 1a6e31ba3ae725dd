import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { averagePrecisionOfBins, rocAucOfBins } from "../../src/quality/bin-curves.ts";
import { ScoreBins } from "../../src/quality/score-bins.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { averagePrecision } from "../../trainer/evaluate/metrics/average-precision.ts";
import { rocAuc } from "../../trainer/evaluate/metrics/roc-auc.ts";

function binned(
  labels: Uint8Array,
  scores: ArrayLike<number>,
  size: number,
): [calm: Float64Array, spike: Float64Array] {
  const counts: [Float64Array, Float64Array] = [new Float64Array(size), new Float64Array(size)];
  labels.forEach((y, k) => (counts[y]![scores[k]!]! += 1));
  return counts;
}

describe("areas under curves from bins", () => {
  it("have the worked examples' values", () => {
    expect(averagePrecisionOfBins([3, 0], [0, 2])).toBeCloseTo(1, 15);
    expect(averagePrecisionOfBins([0, 10], [0, 1])).toBeCloseTo(1 / 6, 15);
    expect(rocAucOfBins([1, 1, 0], [0, 1, 1])).toBe(0.875);
  });

  it("are, for ROC, those of rows with tied scores", () => {
    const row = fc.tuple(fc.nat(1), fc.nat(7));
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 200 }), (rows) => {
        const labels = Uint8Array.from(rows, ([y]) => y);
        const scores = Float32Array.from(rows, ([, bin]) => bin);
        fc.pre(new Set(labels).size === 2);
        const [calm, spike] = binned(labels, scores, 8);
        expect(rocAucOfBins(calm, spike)).toBeCloseTo(rocAuc(labels, scores), 12);
      }),
    );
  });

  it("are, for average precision, the mean over orders drawn within the bins", () => {
    for (const [seed, perBin] of [
      [1, 400],
      [2, 60],
    ] as const) {
      const random = new SeededRandom(seed);
      const scores = Float64Array.from({ length: 8 * perBin }, () => Math.floor(8 * random.uniform()));
      const labels = Uint8Array.from(scores, (bin) => (random.uniform() < 0.02 + bin / 15 ? 1 : 0));
      const [calm, spike] = binned(labels, scores, 8);
      let sum = 0;
      for (let r = 0; r < 200; r++)
        sum += averagePrecision(
          labels,
          scores.map((bin) => bin + random.uniform()),
        );
      expect(Math.abs(averagePrecisionOfBins(calm, spike) - sum / 200)).toBeLessThan(1 / perBin);
    }
  });

  it("do not exist without both outcomes; all in one bin is chance", () => {
    for (const [calm, spike] of [
      [
        [0, 0],
        [0, 0],
      ],
      [
        [1, 2],
        [0, 0],
      ],
      [
        [0, 0],
        [1, 2],
      ],
    ] as const) {
      expect(averagePrecisionOfBins(calm, spike)).toBeNaN();
      expect(rocAucOfBins(calm, spike)).toBeNaN();
    }
    expect(averagePrecisionOfBins([0, 9000], [0, 1000])).toBeCloseTo(0.1, 3);
    expect(rocAucOfBins([0, 9], [0, 1])).toBe(0.5);
  });

  it("take fractions of a step, and hardly change when all counts grow alike", () => {
    const [calm, spike] = [
      [40.5, 21.5, 0.5],
      [10.25, 19.5, 32.75],
    ];
    const scaled = [calm, spike].map((counts) => counts.map((n) => 64 * n));
    const error = averagePrecisionOfBins(calm, spike) - averagePrecisionOfBins(scaled[0]!, scaled[1]!);
    expect(Math.abs(error)).toBeLessThan(0.01);
    expect(rocAucOfBins(calm, spike)).toBeCloseTo(rocAucOfBins(scaled[0]!, scaled[1]!), 14);
  });

  it("from the 128 score bins lie within 0.01 of the exact ones on calibrated scores", () => {
    for (const [seed, steps, centre, spread] of [
      [1, 3600, -2.5, 2],
      [2, 3600, -3, 5],
      [3, 86_400, -2.2, 3],
      [4, 86_400, -4, 1],
    ] as const) {
      const random = new SeededRandom(seed);
      const probabilities = Float32Array.from({ length: steps }, () => {
        const noise = random.uniform() + random.uniform() + random.uniform() - 1.5;
        return 1 / (1 + Math.exp(-centre - spread * noise));
      });
      const labels = Uint8Array.from(probabilities, (p) => (random.uniform() < p ? 1 : 0));
      const bins = new ScoreBins(0.2);
      const [calm, spike] = binned(
        labels,
        Array.from(probabilities, (p) => bins.bin(p)),
        128,
      );
      const error = averagePrecisionOfBins(calm, spike) - averagePrecision(labels, probabilities);
      console.log(`PR-AUC of 128 bins minus exact, ${steps} steps about logit ${centre}: ${error.toExponential(2)}`);
      expect(Math.abs(error)).toBeLessThan(0.01);
      expect(Math.abs(rocAucOfBins(calm, spike) - rocAuc(labels, probabilities))).toBeLessThan(0.002);
    }
  });
});
