import { describe, expect, it } from "vitest";
import { calibrator } from "../../trainer/calibrate/calibrator.ts";
import { chooseCalibration } from "../../trainer/calibrate/choose-calibration.ts";
import { fitShrunkLine } from "../../trainer/calibrate/fit-shrunk-line.ts";
import { fitPlatt } from "../../trainer/calibrate/platt.ts";
import { type FoldScores, joinRows, onLine, type ScoredRows } from "../../trainer/calibrate/scored-rows.ts";
import { sigmoid } from "../../trainer/score/sigmoid.ts";
import { seededUniform } from "./volatile-ticks.ts";

const FOLD_ROWS = 1500;
const BLOCK_ROWS = 50;

/** Log-odds around −2 with their outcomes. The score is what gives these log-odds on the line slope · s + intercept. */
function simulated(uniform: () => number, count: number, slope = 1, intercept = 0): ScoredRows {
  const logOdds = Float64Array.from({ length: count }, () => 4 * (uniform() + uniform() - 1) - 2);
  const labels = Uint8Array.from(logOdds, (z) => (uniform() < sigmoid(z) ? 1 : 0));
  return { scores: logOdds.map((z) => (z - intercept) / slope), labels };
}

/** Folds whose held-out rows need the given slopes, their own rows none. */
function evidenceOf(seed: number, slopes: readonly number[], { rows = FOLD_ROWS, logOdds = true, intercept = 0 } = {}) {
  const uniform = seededUniform(seed);
  const folds = slopes.map((slope, k): FoldScores => ({
    heldOut: simulated(uniform, rows, slope, intercept),
    blocks: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / BLOCK_ROWS)),
    own: simulated(uniform, rows),
    fittedRows: (k + 1) * rows,
  }));
  const onTrain = simulated(uniform, (slopes.length + 1) * rows);
  return { onTrain, fittedRows: onTrain.labels.length, folds, rowWeight: 1, logOdds };
}

describe("the choice of a calibration", () => {
  it.each([1, 2, 3, 4])("leaves log-odds that are right as they are (seed %d)", (seed) => {
    expect(chooseCalibration(evidenceOf(seed, [1, 1, 1, 1])).calibration).toEqual({ method: "none" });
  });

  it.each([1, 2, 3])("lowers the slope where every fold needs the same half (seed %d)", (seed) => {
    const { calibration } = chooseCalibration(evidenceOf(seed, [0.5, 0.5, 0.5, 0.5]));
    if (calibration.method !== "platt") throw new Error(`got ${calibration.method}, expected platt`);
    expect(calibration.slope).toBeGreaterThan(0.4);
    expect(calibration.slope).toBeLessThan(0.7);
  });

  it("fits the level where every fold is too high by the same", () => {
    const { calibration } = chooseCalibration(evidenceOf(5, [1, 1, 1, 1], { intercept: -0.8 }));
    expect(calibration.method).toBe("platt");
    expect(calibrator(calibration)(-1)).toBeLessThan((sigmoid(-1) + sigmoid(-1.8)) / 2);
  });

  it("does not carry to the refit what only the small fits needed", () => {
    // As on a year of bars: the smallest model is overconfident, the later ones less and less.
    const { calibration, note } = chooseCalibration(evidenceOf(6, [0.67, 0.9, 0.95, 1]));
    expect(calibration).toEqual({ method: "none" });
    expect(note).toMatch(/^calibration: none \(gain of log loss per 1,000 rows: training rows less none/);
  });

  it("is none where nothing can judge: no fold, one fold, or held-out rows in a single block", () => {
    for (const slopes of [[], [0.5]]) {
      const { calibration, note } = chooseCalibration(evidenceOf(7, slopes));
      expect([calibration.method, note]).toEqual([
        "none",
        "calibration: none (gain of log loss per 1,000 rows: no held-out rows to judge others by)",
      ]);
    }
    expect(chooseCalibration(evidenceOf(7, [0.5, 0.5, 0.5], { rows: BLOCK_ROWS })).calibration.method).toBe("none");
  });

  it("takes folds without a spike: they judge, and Platt waits for both outcomes", () => {
    const evidence = evidenceOf(8, [0.5, 0.5, 0.5, 0.5]);
    evidence.folds[0]!.heldOut.labels.fill(0);
    const { calibration, note } = chooseCalibration(evidence);
    expect(note).toContain("forward less");
    expect(Number.isFinite(calibrator(calibration)(-2))).toBe(true);
    for (const { heldOut } of evidence.folds) heldOut.labels.fill(0);
    expect(chooseCalibration(evidence).note).not.toContain("forward less");
  });

  it("gives scores that are not log-odds Platt of the training rows, until held-out rows clearly ask for more", () => {
    const evidence = evidenceOf(9, [1, 1, 1, 1], { logOdds: false });
    const moved = { slope: 3, intercept: 7 };
    const onTrain = onLine(moved, evidence.onTrain);
    const folds = evidence.folds.map((fold) => ({
      ...fold,
      heldOut: onLine(moved, fold.heldOut),
      own: onLine(moved, fold.own),
    }));
    const { calibration } = chooseCalibration({ ...evidence, onTrain, folds });
    expect(calibration).toEqual(fitPlatt(onTrain.scores, onTrain.labels));
  });

  it("never reverses a ranking, however the held-out rows go", () => {
    for (const seed of [1, 2, 3]) {
      const evidence = evidenceOf(seed, [0.5, 0.5, 0.5, 0.5]);
      const folds = evidence.folds.map((fold) => ({
        ...fold,
        heldOut: { ...fold.heldOut, scores: fold.heldOut.scores.map((s) => -s) },
      }));
      const probability = calibrator(chooseCalibration({ ...evidence, folds }).calibration);
      expect(probability(1)).toBeGreaterThan(probability(0));
    }
  });

  it("fits what it chose on all held-out rows", () => {
    const evidence = evidenceOf(2, [0.4, 0.4, 0.4, 0.4]);
    const { calibration, note } = chooseCalibration(evidence);
    const all = joinRows(evidence.folds.map(({ heldOut }) => heldOut));
    expect(note).toContain("calibration: shrunk");
    const { slope, intercept } = fitShrunkLine(all, evidence.onTrain.labels.length, 1);
    expect(calibration).toEqual({ method: "platt", slope, intercept });
  });
});
