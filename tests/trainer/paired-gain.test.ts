import { describe, expect, it } from "vitest";
import { pairedGain } from "../../trainer/calibrate/paired-gain.ts";
import { type FoldScores, IDENTITY, type ScoredRows } from "../../trainer/calibrate/scored-rows.ts";
import { sigmoid } from "../../trainer/score/sigmoid.ts";
import { seededUniform } from "./volatile-ticks.ts";

const uniform = seededUniform(41);
const ROWS = 600;
const scores = Float64Array.from({ length: ROWS }, () => 4 * uniform() - 3);
const labels = Uint8Array.from(scores, (z) => (uniform() < sigmoid(z / 2) ? 1 : 0));
const FLATTER = { slope: 0.5, intercept: 0.1 };
const symbolOf = (i: number): number => (i % 3 === 0 ? 0 : 1);

/** Held-out rows in blocks of 50, with the symbols of `symbolOf` or without any. */
function foldOf(at: readonly number[], weighed: boolean): FoldScores {
  const heldOut: ScoredRows = {
    scores: Float64Array.from(at, (i) => scores[i]!),
    labels: Uint8Array.from(at, (i) => labels[i]!),
    symbols: weighed ? Uint16Array.from(at, symbolOf) : undefined,
  };
  return { heldOut, blocks: Int32Array.from(at, (i) => Math.floor(i / 50)), own: heldOut, fittedRows: ROWS };
}

const rows = [...scores.keys()];

describe("the gain of a calibration over another", () => {
  it("is the sum of the differences of log loss, with the variance of the blocks' sums", () => {
    const lossOf = (p: number, y: number): number => -Math.log(y === 1 ? p : 1 - p);
    const gains = new Float64Array(ROWS / 50);
    for (const i of rows) {
      const flat = sigmoid(FLATTER.slope * scores[i]! + FLATTER.intercept);
      gains[Math.floor(i / 50)]! += lossOf(sigmoid(scores[i]!), labels[i]!) - lossOf(flat, labels[i]!);
    }
    const total = gains.reduce((a, b) => a + b, 0);
    const squares = gains.reduce((sum, g) => sum + (g - total / gains.length) ** 2, 0);
    const { gain, variance } = pairedGain(IDENTITY, FLATTER, foldOf(rows, false));
    expect(gain).toBeCloseTo(total, 9);
    expect(variance).toBeCloseTo((gains.length / (gains.length - 1)) * squares, 9);
  });

  it("takes a row of weight 2 for the same row twice where symbols count the same", () => {
    const weighed = pairedGain(IDENTITY, FLATTER, foldOf(rows, true));
    const twice = rows.flatMap((i) => (symbolOf(i) === 0 ? [i, i] : [i]));
    const doubled = pairedGain(IDENTITY, FLATTER, foldOf(twice, false));
    // Weights have a mean of 1: three rows weigh three, and not the four that they are then.
    expect(weighed.gain).toBeCloseTo(0.75 * doubled.gain, 9);
    expect(weighed.variance).toBeCloseTo(0.75 ** 2 * doubled.variance, 9);
    expect(weighed.gain).not.toBeCloseTo(pairedGain(IDENTITY, FLATTER, foldOf(rows, false)).gain, 3);
  });

  it("is of unknown variance within one block", () => {
    expect(pairedGain(IDENTITY, FLATTER, foldOf(rows.slice(0, 50), false)).variance).toBe(Infinity);
  });
});
