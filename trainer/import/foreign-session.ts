// A foreign model in the gateway's runtime. An error of the runtime is caused by the model here, so it becomes a
// `UserError`.
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { UserError } from "../../command-line/user-error.ts";

/** Scores float32 rows [N × width]; answers N values. */
export type ScoreRows = (rows: Float32Array) => Promise<Float32Array>;

/**
 * Loads the model, hands its score function to `use`, and frees it. Throws `UserError` when the model does not load or
 * run (an operator that the runtime lacks, shapes that do not fit) or does not answer one value a row.
 */
export async function withForeignSession<T>(
  onnx: Uint8Array,
  width: number,
  use: (score: ScoreRows) => Promise<T>,
): Promise<T> {
  const session = await blamed("load", () => OnnxSession.load(onnx));
  try {
    return await use(async (rows) => {
      const scores = await blamed("run", () => session.run(rows, width));
      if (scores.length === rows.length / width) return scores;
      throw new UserError(`output: got ${scores.length} values for ${rows.length / width} rows, expected one a row`);
    });
  } finally {
    await session.release();
  }
}

async function blamed<T>(what: "load" | "run", work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
    const advice = reason.includes("Could not find an implementation")
      ? "; what is missing for float64 often exists for float32: convert with FloatTensorType"
      : "";
    throw new UserError(`the model does not ${what} in onnxruntime-web: ${reason}${advice}`);
  }
}
