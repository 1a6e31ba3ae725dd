import { describe, expect, it } from "vitest";
import { OnnxSession, SIGMA_OUTPUT } from "../../onnx/onnx-session.ts";
import { DEFAULT_1 } from "../../src/features/schema.ts";
import { encodeModel } from "../../trainer/artifact/onnx/model-graph.ts";
import { ClippedScore } from "../../trainer/score/clipped-score.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import { TreeScore } from "../../trainer/score/tree-score.ts";
import { fitBoosting } from "../../trainer/trees/boosting.ts";
import { seededUniform } from "./volatile-ticks.ts";
import { PLAIN, randomProblem } from "./trees/tree-problems.ts";

const features = DEFAULT_1.slice(0, 3).map(({ name }) => name);
const columns = [0, 1, 2];
const linear = new LinearScore({
  ...{ row: "default-1", features, columns, fill: [0, 1, 2], centre: [0, 0, 0] },
  ...{ coefficient: [1, -2, 0.5], bias: 0.1, dropped: [] },
});
const { x, width, targets } = randomProblem(300, 3);
const variances = targets.map((y) => 0.5 + y);
const { ensemble } = fitBoosting({ x, width, targets: variances }, { ...PLAIN, loss: "gamma" });
const trees = new TreeScore({ row: "default-1", features, columns, dropped: [], ensemble });
const calibration = { method: "platt", slope: 1, intercept: 0 } as const;

describe("a clipped score", () => {
  it("is held inside its range and then shifted", () => {
    const clipped = new ClippedScore(linear, { low: -1, high: 2, shift: 0.5 });
    expect(clipped.scoreRow(Float32Array.of(0.9, 0, 0), 0)).toBeCloseTo(1.5, 6);
    expect(clipped.scoreRow(Float32Array.of(-7, 0, 0), 0)).toBe(-0.5);
    expect(clipped.scoreRow(Float32Array.of(1e30, 0, 0), 0)).toBe(2.5);
  });

  it.each([
    ["linear", linear],
    ["trees", trees],
  ])("has in ONNX the volatility of the trainer, far outside the range too: %s", async (_, inner) => {
    const clipped = new ClippedScore(inner, { low: -0.2, high: 0.15, shift: 0.05 });
    const uniform = seededUniform(5);
    const rows = Float32Array.from({ length: 3 * 400 }, (_, i) => {
      if (uniform() < 0.1) return NaN;
      return (i < 600 ? 2 : 1e20) * (uniform() - 0.5);
    });
    const session = await OnnxSession.load(encodeModel({ score: linear, calibration, logSigma: clipped }, {}));
    const sigmas = await session.run(rows, 3, SIGMA_OUTPUT);
    await session.release();
    const own = Float32Array.from({ length: 400 }, (_, i) => Math.exp(clipped.scoreRow(rows, 3 * i)));
    own.forEach((sigma, i) => expect(Math.abs(sigmas[i]! / sigma - 1)).toBeLessThan(2e-7));
    expect(Math.min(...own)).toBeCloseTo(Math.exp(-0.15), 6);
    expect(Math.max(...own)).toBeCloseTo(Math.exp(0.2), 6);
  });

  it("refuses a range without order or end", () => {
    expect(() => new ClippedScore(linear, { low: 1, high: 0, shift: 0 })).toThrow(/^range: got 1 to 0, shift 0/);
    expect(() => new ClippedScore(linear, { low: NaN, high: 0, shift: 0 })).toThrow(/^range: got NaN to 0/);
    expect(() => new ClippedScore(linear, { low: 0, high: 1, shift: Infinity })).toThrow(/shift Infinity/);
  });
});
