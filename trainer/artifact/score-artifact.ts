// An artifact as it is, over rows of a dataset.
import { ROWS } from "../../src/features/schema.ts";
import { featureColumns } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import type { Dataset } from "../rows/dataset.ts";

const BATCH_ROWS = 1024;

/** One probability per row. Throws what the runtime throws. */
export async function scoreArtifact(
  { manifest, onnx }: Artifact,
  data: Dataset,
  rows: Int32Array,
): Promise<Float32Array> {
  const { row, input, output } = manifest;
  const columns = featureColumns(manifest);
  const values = data.rows.values[row];
  const rowWidth = ROWS[row].length;
  const probabilities = new Float32Array(rows.length);
  const session = await OnnxSession.load(onnx);
  try {
    for (let from = 0; from < rows.length; from += BATCH_ROWS) {
      const batch = rows.subarray(from, from + BATCH_ROWS);
      const cells = new Float32Array(batch.length * columns.length);
      batch.forEach((k, i) => {
        columns.forEach((column, j) => (cells[i * columns.length + j] = values[k * rowWidth + column]!));
      });
      const [scores] = await session.runOutputs(cells, columns.length, { input, outputs: [output] });
      probabilities.set(scores!, from);
    }
  } finally {
    await session.release();
  }
  return probabilities;
}
