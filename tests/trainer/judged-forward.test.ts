// What chooses a family: each held-out block under weights and calibrations of what was known before it.
import { describe, expect, it } from "vitest";
import { DEFAULT_2 } from "../../src/features/default-2.ts";
import { blendWeights } from "../../trainer/calibrate/blend-weights.ts";
import { calibrator } from "../../trainer/calibrate/calibrator.ts";
import { fitPlattWithPrior } from "../../trainer/calibrate/fit-platt-with-prior.ts";
import type { CalibrationMethod } from "../../trainer/calibrate/fit-calibration.ts";
import { type FoldScores, joinRows, type ScoredRows } from "../../trainer/calibrate/scored-rows.ts";
import type { Candidate } from "../../trainer/candidates/candidate.ts";
import { logLoss } from "../../trainer/evaluate/metrics/log-loss.ts";
import { fitFamilies, lowestHeldOutLoss } from "../../trainer/fit/fit-families.ts";
import type { FittedModel } from "../../trainer/fit/fit-model.ts";
import { innerFolds } from "../../trainer/folds/inner-folds.ts";
import { allRows } from "../../trainer/folds/split.ts";
import type { Dataset } from "../../trainer/rows/dataset.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import { baselineMarket } from "./baseline-rows.ts";

/** Log-odds of one column, whatever the labels: only calibrations and weights can take something from them. */
function fixed(family: string, name: string, coefficient: number): Candidate {
  const place = DEFAULT_2.findIndex((column) => column.name === name);
  const terms = { row: "default-2", features: [name], columns: [place], fill: [0], centre: [0], dropped: [] } as const;
  const score = new LinearScore({ ...terms, coefficient: [coefficient], bias: -2 });
  const prepare = () => ({ fit: () => score, notes: [] });
  return { family, baseline: false, logOdds: true, calibrateOn: "out-of-fold", prepare };
}

// The market's log-odds are three times its EWMA of half-life 5, less 2.
const PARTS = [fixed("logistic", "ewma_parkinson_h5_over_tau", 4), fixed("gbdt", "ewma_rv_h60_over_tau", 2)];
const market = () => baselineMarket({ halfLife: 5, rows: 8000, seed: 21 });

function fitsOf(data: Dataset, calibration: CalibrationMethod) {
  const imbalance = { spikeWeight: 1, calmShare: 1 };
  const policy = { calibration, goal: { kind: "f1" } } as const;
  const plan = { candidates: PARTS, blend: true, policy, minEpisodes: 1 };
  const fits = fitFamilies({ data, row: "default-2", seed: 1, threads: 1, imbalance }, plan, allRows(data));
  const models = fits.map(({ model }): FittedModel => {
    if ("refused" in model) throw new Error(model.refused);
    return model;
  });
  return { fits, models };
}

/** The held-out rows of the folds before the k-th. */
const before = (folds: readonly FoldScores[], k: number): ScoredRows =>
  joinRows(folds.slice(0, k).map(({ heldOut }) => heldOut));

describe("the blend in an inner fold", () => {
  it("has the weights that the blocks before it give: equal ones in the first", () => {
    const [first, second, blend] = fitsOf(market(), "none").models;
    expect(blend!.folds).toHaveLength(3);
    blend!.folds.forEach(({ heldOut, own }, k) => {
      const known = [first!, second!].map(({ folds }) => before(folds, k));
      const logOdds = known.map(({ scores }) => scores);
      const [a, b] = blendWeights(logOdds, known[0]!, 1);
      expect(a! > 0.5).toBe(k > 0);
      for (const [side, rows] of [
        ["heldOut", heldOut],
        ["own", own],
      ] as const) {
        const [x, y] = [first!, second!].map(({ folds }) => folds[k]![side].scores);
        rows.scores.forEach((score, i) => expect(score).toBeCloseTo(a! * x![i]! + b! * y![i]!, 12));
      }
    });
  });

  it("has at last the weights of all held-out rows", () => {
    const [first, second, blend] = fitsOf(market(), "none").models;
    const logOdds = [first!, second!].map(({ outOfFold }) => outOfFold.scores);
    const weights = blendWeights(logOdds, first!.outOfFold, 1).map((w) => w.toFixed(2));
    expect(blend!.notes[0]).toBe(`mean log-odds, weights by held-out rows: logistic ${weights[0]}, gbdt ${weights[1]}`);
  });
});

describe("a family's held-out loss", () => {
  it("is of each block under the calibration of its fold's own rows and of the blocks before it", () => {
    const { fits, models } = fitsOf(market(), "platt");
    const { why } = lowestHeldOutLoss(fits)!;
    for (const { family, folds, outOfFold } of models) {
      const blocks = folds.map(({ own, heldOut }, k) =>
        heldOut.scores.map(calibrator(fitPlattWithPrior(own, before(folds, k), 1))),
      );
      const probabilities = Float64Array.from(blocks.flatMap((block) => [...block]));
      expect(why).toContain(`${family} ${logLoss(outOfFold.labels, probabilities).toFixed(5)}`);
    }
  });

  it.each(["auto", "platt", "beta", "isotonic"] as const)(
    "takes nothing of a block's own labels for its probabilities, calibrated by %s",
    (calibration) => {
      const data = market();
      const { models } = fitsOf(data, calibration);
      // In another order, so that the blocks stay where they are.
      const { test } = innerFolds(data, allRows(data)).at(-1)!;
      const labels = Array.from(test, (k) => data.rows.label[k]!).toReversed();
      test.forEach((k, i) => (data.rows.label[k] = labels[i]!));
      const changed = fitsOf(data, calibration).models;
      models.forEach((model, m) => {
        const other = changed[m]!;
        expect(other.foldCalibrations).toEqual(model.foldCalibrations);
        model.folds.forEach(({ heldOut }, k) => expect(other.folds[k]!.heldOut.scores).toEqual(heldOut.scores));
        expect(other.outOfFold.labels).not.toEqual(model.outOfFold.labels);
      });
    },
  );
});
