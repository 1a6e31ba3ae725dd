// Small problems for the tests of trees.
import { RandomDeviates } from "../../../simulator/random-deviates.ts";
import type { BoostingParameters } from "../../../trainer/trees/boosting.ts";
import type { TreeData } from "../../../trainer/trees/tree-data.ts";

/** Settings that the tests vary. */
export const PLAIN: BoostingParameters = {
  ...{ loss: "logistic", trees: 20, learningRate: 0.1, leaves: 8, maxBins: 255, minChildRows: 5, minChildWeight: 1e-3 },
  ...{ l2: 1, minGain: 0, rowShare: 1, featureShare: 1, positiveWeight: 1, seed: 1, threads: 1 },
};

/** Normal columns, one value in ten missing; the log-odds are x0 + x1·x2 − ½, missing values counting as 0. */
export function randomProblem(rows: number, width: number, seed = "problem"): TreeData {
  const random = new RandomDeviates(seed);
  const x = Float32Array.from({ length: rows * width }, () => (random.uniform() < 0.1 ? NaN : random.normal()));
  const at = (i: number, j: number): number => (Number.isNaN(x[i * width + j]!) ? 0 : x[i * width + j]!);
  const targets = Float64Array.from({ length: rows }, (_, i) => {
    const logOdds = at(i, 0) + (width > 2 ? at(i, 1) * at(i, 2) : 0) - 0.5;
    return random.uniform() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
  });
  return { x, width, targets };
}
