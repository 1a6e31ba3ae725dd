import { describe, expect, it } from "vitest";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { readOwnModel } from "../../src/scorer/own-model.ts";
import { encodeModel } from "../../trainer/artifact/onnx/model-graph.ts";
import { LinearScore } from "../../trainer/score/linear-score.ts";
import { compareScores, differences, ownModel, randomRows } from "./compare-scores.ts";
import { CALIBRATIONS, randomModel, SCORES } from "./random-graphs.ts";

const MODELS = 3;
const kinds = SCORES.flatMap((score) => CALIBRATIONS.map((calibration) => ({ score, calibration })));

describe.each(kinds)("the own scorer of $score with calibration $calibration", ({ score, calibration }) => {
  it("has onnxruntime's bits, for special and missing values and in every batch", async () => {
    for (let k = 0; k < MODELS; k++) {
      const seed = `${score} ${calibration} ${k}`;
      const onnx = encodeModel(randomModel(score, calibration, seed), { family: "random" });
      const { different } = await compareScores(onnx, (width) => randomRows(500, width, seed), [1, 2, 7, 500]);
      expect(different, seed).toEqual([]);
    }
  });
});

describe("the own scorer", () => {
  it("differs from onnxruntime where one coefficient is another by a share of 2^-32", async () => {
    const terms = (coefficient: number): LinearScore =>
      new LinearScore({
        ...{ row: "default-1", features: ["rv_10_over_tau"], columns: [0], dropped: [] },
        ...{ fill: [0], centre: [0], coefficient: [coefficient], bias: 0 },
      });
    const file = (coefficient: number): Uint8Array =>
      encodeModel({ score: terms(coefficient), calibration: { method: "none" } }, {});
    const session = await OnnxSession.load(file(1));
    const rows = randomRows(200_000, 1, "one unit", 1e9);
    const { different } = await differences(ownModel(file(1 + 2 ** -32)), session, rows, [200_000]);
    await session.release();
    expect(different.length).toBeGreaterThan(0);
  });

  it("does not change a score by the rows beside it, and gives arrays of its own", () => {
    const own = ownModel(encodeModel(randomModel("blend", "platt", "beside"), {}));
    const { width } = own.shape;
    const rows = randomRows(100, width, "beside");
    const together = own.score(rows);
    const kept = together.map((values) => values.slice());
    for (let i = 0; i < 100; i++) {
      own.score(rows.subarray(i * width, (i + 1) * width)).forEach((values, output) => {
        expect(values[0]).toBe(kept[output]![i]);
      });
    }
    expect(together).toEqual(kept);
  });

  it("refuses rows that are not whole, and scores none", () => {
    const own = ownModel(encodeModel(randomModel("linear", "none", "whole"), {}));
    expect(() => own.score(new Float32Array(8))).toThrow("rows: got 8 values, expected whole rows of 7");
    expect(own.score(new Float32Array(0))[0]).toHaveLength(0);
  });

  it("leaves beta calibration to onnxruntime", () => {
    const { score } = randomModel("linear", "none", "beta");
    const onnx = encodeModel({ score, calibration: { method: "beta", a: 1, b: 1, c: 0 } }, {});
    expect(readOwnModel(onnx)).toEqual({ model: undefined, reason: expect.stringMatching(/instead of/) });
  });
});
