// Proof that the file is the model: the ONNX graph scores every row and must agree with the trainer's own score. So
// must the scorer that the gateway computes such graphs with, to the last bit.
import { exp } from "../../src/features/exact-math.ts";
import { ROWS } from "../../src/features/schema.ts";
import type { Dataset } from "../rows/dataset.ts";
import { calibrator } from "../calibrate/calibrator.ts";
import type { FittedModel } from "../fit/fit-model.ts";
import { INPUT, OnnxSession, OUTPUT, SIGMA_OUTPUT } from "../../onnx/onnx-session.ts";
import { readOwnModel } from "../../src/scorer/own-model.ts";
import type { Score } from "../score/score.ts";
import { scoresOfRows } from "../score/scores-of-rows.ts";

/** Largest difference between the float32 probability of the graph and the trainer's float64 one. */
const TOLERANCE = 1e-6;

const BATCH_ROWS = 4096;

export interface Verified {
  /** What the graph gave, one per row. */
  readonly probabilities: Float32Array;
  readonly maxDifference: number;
}

/** What a file is checked against. */
export type VerifiedModel = Pick<FittedModel, "family" | "score" | "calibration"> & {
  /** The volatility model behind the second output, where there is one. */
  readonly logSigma?: Score | undefined;
};

/**
 * Scores the rows with the file. Throws `Error` naming the first row whose probability differs by more than
 * `TOLERANCE`, or whose expected volatility by more than that share of it, or is no number; and where the gateway's
 * scorer would give another bit than onnxruntime.
 */
export async function verifyModel(
  model: VerifiedModel,
  onnx: Uint8Array,
  data: Dataset,
  rows: Int32Array,
): Promise<Verified> {
  const { score, calibration } = model;
  const values = data.rows.values[score.row];
  const rowWidth = ROWS[score.row].length;
  const width = score.columns.length;
  const probabilities = new Float32Array(rows.length);
  const sigmas = new Float32Array(model.logSigma === undefined ? 0 : rows.length);
  const outputs = model.logSigma === undefined ? [OUTPUT] : [OUTPUT, SIGMA_OUTPUT];
  const gateway = readOwnModel(onnx).model;
  const session = await OnnxSession.load(onnx);
  try {
    for (let from = 0; from < rows.length; from += BATCH_ROWS) {
      const batch = rows.subarray(from, from + BATCH_ROWS);
      const input = new Float32Array(batch.length * width);
      batch.forEach((k, i) => {
        for (let j = 0; j < width; j++) input[i * width + j] = values[k * rowWidth + score.columns[j]!]!;
      });
      const [found, forecast] = await session.runOutputs(input, width, { input: INPUT, outputs });
      requireSameBits(model.family, [found!, ...(forecast === undefined ? [] : [forecast])], gateway?.score(input));
      probabilities.set(found!, from);
      if (forecast !== undefined) sigmas.set(forecast, from);
    }
  } finally {
    await session.release();
  }
  const probability = calibrator(calibration);
  let maxDifference = 0;
  const scores = scoresOfRows(data, rows, score);
  const logSigmas = model.logSigma && scoresOfRows(data, rows, model.logSigma);
  rows.forEach((k, i) => {
    const own = probability(scores[i]!);
    const difference = Math.abs(own - probabilities[i]!);
    if (!(difference <= TOLERANCE)) {
      throw new Error(`${model.family}: row ${k} scores ${probabilities[i]} in ONNX, ${own} in the trainer`);
    }
    maxDifference = Math.max(maxDifference, difference);
    if (logSigmas === undefined) return;
    const sigma = exp(logSigmas[i]!);
    if (!(Math.abs(sigmas[i]! - sigma) <= TOLERANCE * sigma)) {
      throw new Error(`${model.family}: row ${k} expects volatility ${sigmas[i]} in ONNX, ${sigma} in the trainer`);
    }
  });
  return { probabilities, maxDifference };
}

/** @param own what the gateway's scorer gives; `undefined` for a graph that it leaves to onnxruntime. */
function requireSameBits(
  family: string,
  outputs: readonly Float32Array[],
  own: readonly Float32Array[] | undefined,
): void {
  own?.forEach((values, output) =>
    values.forEach((value, i) => {
      const expected = outputs[output]![i]!;
      if (Object.is(value, expected)) return;
      throw new Error(`${family}: the gateway's scorer gives ${value}, onnxruntime ${expected}`);
    }),
  );
}
