import { describe, expect, it } from "vitest";
import { averagePrecision } from "../../../trainer/evaluate/metrics/average-precision.ts";
import { type BoostingParameters, fitBoosting } from "../../../trainer/trees/boosting.ts";
import { ensembleScore } from "../../../trainer/trees/tree.ts";
import golden from "./golden-trees.json" with { type: "json" };

const parameters: BoostingParameters = {
  ...{ loss: "logistic", trees: 10, learningRate: 0.1, leaves: 8, maxBins: 255, minChildRows: 1, minChildWeight: 2 },
  ...{ l2: 0.5, minGain: 0, rowShare: 1, featureShare: 1, positiveWeight: 1, seed: 1, threads: 1 },
};
const floats = (values: readonly (number | null)[]): Float32Array => Float32Array.from(values, (v) => v ?? NaN);

describe("on tie-free rows, beside LightGBM", () => {
  const x = floats(golden.tieFree.x);
  const targets = Float64Array.from(golden.tieFree.y);
  const [free, monotone] = golden.tieFree.cases;
  const own = {
    free: fitBoosting({ x, width: 4, targets }, parameters).ensemble,
    monotone: fitBoosting({ x, width: 4, targets }, { ...parameters, monotone: Int8Array.of(1, 0, 0, -1) }).ensemble,
  };
  const gains = ({ gain }: { gain: Float64Array }): number[] => [...gain].filter((g) => g > 0).sort((a, b) => b - a);
  const expectGains = (found: readonly number[], peer: readonly number[]): void =>
    found.forEach((gain, k) => expect(gain / peer[k]!).toBeCloseTo(1, 5));

  it("the first tree has the same seven splits", () => {
    expect(gains(own.free.trees[0]!)).toHaveLength(7);
    expectGains(gains(own.free.trees[0]!), free!.firstGains);
  });

  it("ten trees give the same scores", () => {
    free!.scores.forEach((score, i) => expect(Math.abs(ensembleScore(own.free, x, 4 * i) - score)).toBeLessThan(1e-6));
  });

  // Two splits whose children all lie on a bound gain exactly the same; each side takes another of them, and the
  // seventh split follows from that.
  it("with monotone columns the first tree has the same six best splits", () => {
    expectGains(gains(own.monotone.trees[0]!).slice(0, 6), monotone!.firstGains);
  });
});

describe("on 1,200 rows not trained on", () => {
  const { x, y, lightgbm, scikitLearn } = golden.parity;
  const width = 4;
  const half = y.length / 2;
  const data = { x: floats(x.slice(0, half * width)), width, targets: Float64Array.from(y.slice(0, half)) };
  const later = floats(x.slice(half * width));
  const longer = { ...parameters, trees: 60, minChildRows: 20, minChildWeight: 1e-3, l2: 1 };
  const { ensemble } = fitBoosting(data, longer);
  const scores = Array.from({ length: half }, (_, i) => ensembleScore(ensemble, later, i * width));
  const own = averagePrecision(Uint8Array.from(y.slice(half)), scores);

  it.each(Object.entries({ lightgbm, scikitLearn }))("PR-AUC is within 0.005 of that of %s", (_, peer) => {
    expect(Math.abs(own - peer)).toBeLessThan(0.005);
  });
});

describe("the gamma loss, beside LightGBM's", () => {
  const x = floats(golden.gamma.x);
  const targets = Float64Array.from(golden.gamma.y);
  const { ensemble } = fitBoosting({ x, width: 4, targets }, { ...parameters, loss: "gamma" });

  it("the first tree has the same seven splits", () => {
    const gains = [...ensemble.trees[0]!.gain].filter((gain) => gain > 0).sort((a, b) => b - a);
    expect(gains).toHaveLength(7);
    gains.forEach((gain, k) => expect(gain / golden.gamma.firstGains[k]!).toBeCloseTo(1, 5));
  });

  it("ten trees give the same logarithms of the variance", () => {
    golden.gamma.scores.forEach((score, i) =>
      expect(Math.abs(ensembleScore(ensemble, x, 4 * i) - score)).toBeLessThan(2e-6),
    );
  });
});
