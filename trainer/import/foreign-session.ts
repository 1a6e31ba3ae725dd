// A foreign model in the gateway's runtime. An error of the runtime is caused by the model here, so it becomes a
// `UserError`.
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { UserError } from "../../command-line/user-error.ts";

/** Scores float32 rows [N × width]; answers N values. */
export type ScoreRows = (rows: Float32Array) => Promise<Float32Array>;

export interface ForeignModel {
  readonly onnx: Uint8Array;
  readonly width: number;
  /** The number of rows that it was exported for, when that is not free. */
  readonly fixedRows: number | undefined;
}

/**
 * Loads the model, hands its score function to `use`, and frees it. Throws `UserError` when the model does not load or
 * run (an operator that the runtime lacks, shapes that do not fit) or does not answer one value a row.
 */
export async function withForeignSession<T>(
  { onnx, width, fixedRows }: ForeignModel,
  use: (score: ScoreRows) => Promise<T>,
): Promise<T> {
  const session = await blamed("load", () => OnnxSession.load(onnx));
  try {
    return await use(async (rows) => {
      const count = rows.length / width;
      try {
        const scores = await blamed("run", () => session.run(rows, width));
        if (scores.length === count) return scores;
        throw new UserError(`output: got ${scores.length} values for ${count} rows, expected one a row`);
      } catch (error) {
        if (fixedRows === undefined || !(error instanceof UserError)) throw error;
        throw new UserError(`${error.message}; ${freeRows(fixedRows)}`);
      }
    });
  } finally {
    await session.release();
  }
}

async function blamed<T>(what: "load" | "run", work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    const reason = line.replace(/^.*ERROR_MESSAGE: /, "");
    if (TOO_FEW_COLUMNS.test(reason)) throw new UserError(tooFewColumns);
    const advice = ADVICE.find(([pattern]) => pattern.test(reason))?.[1];
    throw new UserError(
      `the model does not ${what} in onnxruntime-web: ${reason}${advice === undefined ? "" : `; ${advice}`}`,
    );
  }
}

/** What to change at the export, by what the runtime says. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /Could not find an implementation|tensor\(double\)/,
    "what is missing for float64 often exists for float32: convert with FloatTensorType, or from X.astype(np.float32)",
  ],
  [/opset \d+ is under development|till opset|IR version/i, "convert with target_opset=17 (PyTorch: opset_version=17)"],
  [/not a registered function|No Op registered/, "export without this operator, or with target_opset=17"],
];

/** What the rewritten graph's own last `Gather` says. */
const TOO_FEW_COLUMNS = /Name:'volgate_volgate_picked'.* out of data bounds/;
const tooFewColumns =
  "output: got fewer columns than the model has classes, expected a probability of each; export a model that has " +
  "predict_proba";

function freeRows(rows: number): string {
  return (
    `the model was exported for ${rows} rows a run: leave their number free (PyTorch: dynamic_axes={"x": {0: "n"}} or ` +
    'dynamic_shapes=({0: Dim("n")},); skl2onnx: FloatTensorType([None, …]))'
  );
}
