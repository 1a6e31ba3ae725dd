import { describe, expect, it } from "vitest";
import { fitShrunkLine } from "../../trainer/calibrate/fit-shrunk-line.ts";
import { fitPlatt } from "../../trainer/calibrate/platt.ts";
import { joinRows, type ScoredRows } from "../../trainer/calibrate/scored-rows.ts";
import { sigmoid } from "../../trainer/score/sigmoid.ts";
import { seededUniform } from "./volatile-ticks.ts";

const uniform = seededUniform(31);
const logOdds = Float64Array.from({ length: 5000 }, () => 4 * (uniform() + uniform() - 1) - 2);
const labels = Uint8Array.from(logOdds, (z) => (uniform() < sigmoid(z) ? 1 : 0));
/** Twice too far from 0: the slope that is needed is ½. */
const heldOut = { scores: logOdds.map((z) => 2 * z), labels };

describe("a line that is shrunk towards the identity", () => {
  it("is the identity without held-out rows", () => {
    const none = { scores: new Float64Array(0), labels: new Uint8Array(0) };
    expect(fitShrunkLine(none, 1000, 1)).toEqual({ slope: 1, intercept: 0 });
  });

  it("goes from Platt of the held-out rows to the identity as the fitted rows come to weigh more", () => {
    const own = fitPlatt(heldOut.scores, labels);
    const slopes = [100, 1000, 5000, 50_000, 5e7].map((priorRows) => fitShrunkLine(heldOut, priorRows, 1).slope);
    expect(slopes).toEqual([...slopes].sort((a, b) => a - b));
    expect(slopes[0]! - own.slope).toBeLessThan(0.02);
    expect(slopes[2]).toBeGreaterThan(0.55);
    expect(slopes[2]).toBeLessThan(0.85);
    expect(slopes[4]).toBeCloseTo(1, 3);
  });

  it("moves little for few effective rows: the prior is never less than 100", () => {
    const { slope } = fitShrunkLine(heldOut, 1, 1 / 500);
    expect(slope).toBeGreaterThan(0.8);
    expect(slope).toBeLessThan(1);
  });

  it("has Fisher's information of the prior's rows at the identity", () => {
    // The penalised loss, written out; its minimum is where the line lies.
    const priorRows = 2000;
    const information = heldOut.scores.map((s) => sigmoid(s) * (1 - sigmoid(s)));
    const weight = information.reduce((a, b) => a + b, 0);
    const centre = information.reduce((sum, w, i) => sum + w * heldOut.scores[i]!, 0) / weight;
    const high = labels.reduce((a, b) => a + b, 0);
    const loss = (slope: number, intercept: number): number => {
      let sum = 0;
      heldOut.scores.forEach((s, i) => {
        const target = labels[i] === 1 ? (high + 1) / (high + 2) : 1 / (labels.length - high + 2);
        const p = sigmoid(slope * s + intercept);
        sum -= target * Math.log(p) + (1 - target) * Math.log(1 - p);
        const moved = (slope - 1) * s + intercept;
        sum += ((0.5 * priorRows) / labels.length) * information[i]! * moved * moved;
      });
      return sum;
    };
    const { slope, intercept } = fitShrunkLine(heldOut, priorRows, 1);
    expect(Math.abs(slope * centre + intercept - centre)).toBeGreaterThan(0.01);
    for (const d of [-1e-3, 1e-3]) {
      expect(loss(slope, intercept)).toBeLessThan(loss(slope + d, intercept));
      expect(loss(slope, intercept)).toBeLessThan(loss(slope, intercept + d));
      expect(loss(slope, intercept)).toBeLessThan(loss(slope + d, intercept - d * centre));
    }
  });

  it("takes a row of weight 2 for the same row twice where symbols count the same", () => {
    const [one, other] = twoSymbols();
    const weighed = joinRows([one, other]);
    // Weights have a mean of 1: three rows that weigh as much as four count 4/3 each.
    const line = fitShrunkLine(weighed, 1000, 4 / 3);
    const plain = fitShrunkLine({ scores: weighed.scores, labels: weighed.labels }, 1000, 4 / 3);
    // With as many rows of both symbols, every weight is 1.
    const doubled = fitShrunkLine(joinRows([one, one, other]), 1000, 1);
    // Not the same to the last digit: Platt's targets count rows.
    expect(Math.abs(line.slope - doubled.slope)).toBeLessThan(0.001);
    expect(Math.abs(line.intercept - doubled.intercept)).toBeLessThan(0.001);
    expect(Math.abs(line.slope - plain.slope)).toBeGreaterThan(0.02);
  });
});

/** Rows of a symbol that needs the slope ½, and twice as many of another that needs 1. */
function twoSymbols(): [ScoredRows, ScoredRows] {
  const of = (from: number, to: number, scale: number, symbol: number): ScoredRows => ({
    scores: logOdds.slice(from, to).map((z) => scale * z),
    labels: labels.slice(from, to),
    symbols: new Uint16Array(to - from).fill(symbol),
  });
  return [of(0, 1500, 2, 0), of(1500, 4500, 1, 1)];
}
