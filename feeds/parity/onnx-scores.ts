// The published ONNX over the trainer's rows, with the WASM runtime that the gateway uses: the same kernels, the same
// bits.
import { OnnxSession } from "../../onnx/onnx-session.ts";
import type { ClosedSteps } from "../../src/features/closed-steps.ts";
import { featureColumns } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import type { StepScores } from "./step-columns.ts";

/** Rows of one run. It differs from the gateway's on purpose: a score must not depend on the other rows of its run. */
const ROWS_PER_RUN = 4096;

/** Scores every step that is ready under label spec 0 by one artifact. Throws what the runtime throws. */
export async function scoreSteps(
  closed: ClosedSteps,
  { manifest, onnx }: Artifact,
): Promise<Pick<StepScores, "probabilities" | "sigmaRatios">> {
  const { input, output, sigmaOutput } = manifest;
  const columns = featureColumns(manifest);
  const width = columns.length;
  const outputs = sigmaOutput === undefined ? [output] : [output, sigmaOutput];
  const places: number[] = [];
  for (let k = 0; k < closed.count; k++) if (closed.ready(k, 0)) places.push(k);
  const probabilities = new Float32Array(closed.count).fill(NaN);
  const sigmaRatios = sigmaOutput === undefined ? undefined : new Float32Array(closed.count).fill(NaN);
  const session = await OnnxSession.load(onnx);
  try {
    for (let from = 0; from < places.length; from += ROWS_PER_RUN) {
      const batch = places.slice(from, from + ROWS_PER_RUN);
      const rows = new Float32Array(batch.length * width);
      batch.forEach((k, i) => closed.row(manifest.row, k, 0, columns, rows, i * width));
      const [p, ratio] = await session.runOutputs(rows, width, { input, outputs });
      batch.forEach((k, i) => (probabilities[k] = p![i]! >= 0 && p![i]! <= 1 ? p![i]! : NaN));
      if (sigmaRatios === undefined) continue;
      batch.forEach((k, i) => (sigmaRatios[k] = ratio![i]! >= 0 && ratio![i]! < Infinity ? ratio![i]! : NaN));
    }
  } finally {
    await session.release();
  }
  return { probabilities, sigmaRatios };
}
