import { TensorProto_DataType } from "onnx-buf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Calibration } from "../../../src/model/manifest-calibration.ts";
import { calibrator } from "../../../trainer/calibrate/calibrator.ts";
import { addCalibration } from "../../../trainer/calibrate/add-calibration.ts";
import { fitIsotonic } from "../../../trainer/calibrate/fit-isotonic.ts";
import { OnnxGraph } from "../../../trainer/artifact/onnx/graph.ts";
import { OnnxSession } from "../../../onnx/onnx-session.ts";
import { sigmoid } from "../../../trainer/score/sigmoid.ts";
import { seededUniform } from "../volatile-ticks.ts";

const uniform = seededUniform(13);
const many = Float64Array.from({ length: 4000 }, () => 8 * uniform() - 4);
const labels = Uint8Array.from(many, (s) => (uniform() < sigmoid(s) ** 2 ? 1 : 0));
const calibrations: { name: string; calibration: Calibration }[] = [
  { name: "platt", calibration: { method: "platt", slope: 1.3, intercept: -2.1 } },
  { name: "beta", calibration: { method: "beta", a: 0.7, b: 1.9, c: -0.4 } },
  { name: "beta with a at 0", calibration: { method: "beta", a: 0, b: 2.5, c: 1 } },
  { name: "isotonic of 4,000 rows", calibration: fitIsotonic(many, labels) },
  { name: "isotonic of one point", calibration: { method: "isotonic", scores: [1], probabilities: [0.3] } },
  {
    name: "isotonic with a jump",
    calibration: { method: "isotonic", scores: [-1, 0, 0, 2], probabilities: [0, 0.25, 0.75, 1] },
  },
  { name: "none", calibration: { method: "none" } },
];

/** A model whose one feature is the score. */
function bareModel(calibration: Calibration): Uint8Array {
  const graph = new OnnxGraph();
  const score = graph.node("Cast", [graph.input("features", 1)], "score", { to: TensorProto_DataType.DOUBLE });
  const probability = addCalibration(graph, calibration, score, "calibration_");
  graph.node("Cast", [probability], "probability", { to: TensorProto_DataType.FLOAT });
  graph.output("probability", 1);
  return graph.encode("calibration", {});
}

const scores = Float32Array.from({ length: 1003 }, () => 12 * uniform() - 6);
scores.set([0, -0, 1, -1, 30, -30, 31, -31, 1e6, -1e6, 1e-30, 2]);
const bits = (x: Float32Array): Uint32Array => new Uint32Array(x.slice().buffer);

describe.each(calibrations)("calibration in ONNX: $name", ({ calibration }) => {
  let session: OnnxSession;
  let one: Float32Array;

  beforeAll(async () => {
    session = await OnnxSession.load(bareModel(calibration));
    one = new Float32Array(scores.length);
    for (let i = 0; i < scores.length; i++) one.set(await session.run(scores.subarray(i, i + 1), 1), i);
  });
  afterAll(async () => session.release());

  it("is the trainer's own value, rounded to float32", () => {
    const calibrate = calibrator(calibration);
    scores.forEach((s, i) => expect(Math.abs(calibrate(s) - one[i]!)).toBeLessThan(1e-7));
  });

  it.each([2, 3, 7, 64, 1003])("has the bits of single runs in batches of %d", async (batch) => {
    const together = new Float32Array(scores.length);
    for (let i = 0; i < scores.length; i += batch) {
      together.set(await session.run(scores.subarray(i, i + batch), 1), i);
    }
    expect(bits(together)).toEqual(bits(one));
  });
});
