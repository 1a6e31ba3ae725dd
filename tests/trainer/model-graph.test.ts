import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_1 } from "../../src/features/schema.ts";
import { BlendScore } from "../../trainer/score/blend-score.ts";
import { calibrator } from "../../trainer/calibrate/calibrator.ts";
import { LinearScore, type LinearTerms } from "../../trainer/score/linear-score.ts";
import { encodeModel } from "../../trainer/artifact/onnx/model-graph.ts";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { seededUniform } from "./volatile-ticks.ts";

const uniform = seededUniform(7);
const calibration = { method: "platt", slope: 1.3, intercept: -2.1 } as const;

/** Terms over the first `width` columns of `default-1` with random weights. */
function randomTerms(width: number): LinearTerms {
  const list = (f: () => number): number[] => Array.from({ length: width }, f);
  return {
    row: "default-1",
    features: DEFAULT_1.slice(0, width).map(({ name }) => name),
    columns: list(() => 0).map((_, j) => j),
    fill: list(() => uniform() * 3),
    centre: list(() => uniform()),
    coefficient: list(() => uniform() * 4 - 2),
    bias: 0.7,
    dropped: [],
  };
}

/** Float32 rows with one missing value in thirty. */
function randomRows(count: number, width: number): Float32Array {
  return new Float32Array(count * width).map(() => (uniform() < 1 / 30 ? NaN : 8 * uniform() - 4));
}

const bits = (x: Float32Array): Uint32Array => new Uint32Array(x.slice().buffer);

describe.each([1, 2, 7, 10, 33])("a calibrated linear score of %d columns in ONNX", (width) => {
  const score = new LinearScore(randomTerms(width));
  const rows = randomRows(1000, width);
  let session: OnnxSession;
  let one: Float32Array;

  beforeAll(async () => {
    session = await OnnxSession.load(encodeModel({ score, calibration }, {}));
    one = new Float32Array(1000);
    for (let i = 0; i < 1000; i++) {
      one.set(await session.run(rows.subarray(i * width, (i + 1) * width), width), i);
    }
  });
  afterAll(async () => session.release());

  it.each([2, 7, 25, 64, 1000])("has the bits of single runs in batches of %d", async (batch) => {
    const together = new Float32Array(1000);
    for (let i = 0; i < 1000; i += batch) {
      together.set(await session.run(rows.subarray(i * width, (i + batch) * width), width), i);
    }
    expect(bits(together)).toEqual(bits(one));
  });

  it("is the trainer's own score of the same float32 row, rounded once", () => {
    for (let i = 0; i < 1000; i++) {
      const own = calibrator(calibration)(score.scoreRow(rows, i * width));
      expect(Math.abs(own - one[i]!)).toBeLessThan(6e-8);
    }
  });
});

describe("the file", () => {
  const bytes = encodeModel(
    { score: new LinearScore(randomTerms(3)), calibration },
    { schema_sha256: "abc", family: "logistic" },
  );
  const model = fromBinary(ModelProtoSchema, bytes);

  it("says opset 17, ai.onnx.ml 3, IR 8 and carries the metadata", () => {
    expect(model.irVersion).toBe(8n);
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ["", 17n],
      ["ai.onnx.ml", 3n],
    ]);
    expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ["schema_sha256", "abc"],
      ["family", "logistic"],
    ]);
  });

  it("takes features [N, F] and gives probability [N, 1], float32", () => {
    const shapes = [...model.graph!.input, ...model.graph!.output].map(({ name, type }) => {
      const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
      return [name, tensor?.elemType, ...(tensor?.shape?.dim.map(({ value }) => value.value) ?? [])];
    });
    expect(shapes).toEqual([
      ["features", 1, "N", 3n],
      ["probability", 1, "N", 1n],
    ]);
  });
});

describe("extreme scores", () => {
  it("end at 0 and 1 without NaN, and a missing value is the training value", async () => {
    const score = new LinearScore({ ...randomTerms(1), fill: [2], centre: [1], coefficient: [3], bias: 0.5 });
    const one = { method: "platt", slope: 1, intercept: 0 } as const;
    const session = await OnnxSession.load(encodeModel({ score, calibration: one }, { x: "y" }));
    const p = await session.run(Float32Array.of(1e6, -1e6, NaN, 2), 1);
    await session.release();
    expect(p[0]).toBe(1);
    expect(p[1]).toBe(0);
    expect(p[2]).toBe(p[3]);
    expect(p[2]).toBeCloseTo(1 / (1 + Math.exp(-3.5)), 6);
  });
});

describe("a blend", () => {
  const terms = randomTerms(4);
  const wide = new LinearScore(terms);
  const narrow = new LinearScore({ ...randomTerms(1), features: [DEFAULT_1[2]!.name], columns: [2] });
  const part = (score: LinearScore, line: { slope: number; intercept: number }, weight: number) => ({
    ...{ score, line, weight },
  });
  const blend = new BlendScore([
    part(wide, { slope: 1, intercept: 0 }, 0.25),
    part(narrow, { slope: 3, intercept: -2 }, 0.75),
  ]);

  it("is the weighted mean of its parts' calibrated scores", () => {
    const rows = randomRows(50, 33);
    for (let i = 0; i < 50; i++) {
      const own = 0.25 * wide.scoreRow(rows, i * 33) + 0.75 * (3 * narrow.scoreRow(rows, i * 33) - 2);
      expect(blend.scoreRow(rows, i * 33)).toBeCloseTo(own, 12);
    }
  });

  it("is the same in ONNX, each part on its own columns, whatever the batch", async () => {
    const rows = randomRows(100, 4);
    const session = await OnnxSession.load(encodeModel({ score: blend, calibration }, {}));
    const together = await session.run(rows, 4);
    for (let i = 0; i < 100; i++) {
      expect(bits(await session.run(rows.subarray(i * 4, i * 4 + 4), 4))).toEqual(bits(together.subarray(i, i + 1)));
      expect(Math.abs(calibrator(calibration)(blend.scoreRow(rows, i * 4)) - together[i]!)).toBeLessThan(6e-8);
    }
    await session.release();
  });

  it("refuses no parts, and parts of different rows", () => {
    expect(() => new BlendScore([])).toThrow(/parts: got none/);
    const other = new LinearScore({ ...terms, row: "peer-10" });
    expect(() => new BlendScore([wide, other].map((score) => part(score, { slope: 1, intercept: 0 }, 0.5)))).toThrow(
      /expected one row/,
    );
  });
});

describe("a model with a volatility forecast", () => {
  const score = new LinearScore(randomTerms(4));
  const logSigma = new LinearScore({
    ...randomTerms(2),
    features: ["rv_60_over_tau", "rv_30_over_tau"],
    columns: [2, 1],
  });

  it("gives exp of the forecast as a second output, on the forecast's own columns", async () => {
    const rows = randomRows(20, 4);
    const session = await OnnxSession.load(encodeModel({ score, calibration, logSigma }, {}));
    const sigma = await session.run(rows, 4, "sigma_ratio");
    for (let i = 0; i < 20; i++) {
      expect(sigma[i]! / Math.exp(logSigma.scoreRow(rows, i * 4))).toBeCloseTo(1, 6);
    }
    await session.release();
  });

  it("refuses a forecast on a column that the score does not take", () => {
    const other = new LinearScore({ ...randomTerms(1), features: ["jump_share_60"], columns: [16] });
    expect(() => encodeModel({ score, calibration, logSigma: other }, {})).toThrow(
      /logSigma.features: got jump_share_60/,
    );
  });
});
