// Runs a rewritten model in the gateway's runtime. Checks that it loads, that it gives probabilities for any row, and
// that it agrees with the original library on the rows of a golden table.
import { UserError } from "../../command-line/user-error.ts";
import { type ScoreRows, withForeignSession } from "./foreign-session.ts";
import type { GoldenTable } from "./golden-table.ts";
import type { RewrittenModel } from "./rewrite-model.ts";

/** Two probabilities further apart than this differ. */
export const TOLERANCE = 1e-6;
/** How far rounding may take a sum of float32 leaves outside [0, 1]; the rewritten model clips it. */
const ROUNDING = 1e-5;

const BATCH_ROWS = 4096;
/** Rows that are also scored one by one. */
const SINGLE_ROWS = 256;

/** A golden table against the rewritten model. */
export interface GoldenComparison {
  readonly rows: number;
  /** Rows that differ by more than `TOLERANCE`. */
  readonly differing: number;
  /** Of those, the ones with a missing value: some converters drop a model's handling of them. */
  readonly differingWithMissing: number;
  /** Largest difference, and the row (from 0) where it is. */
  readonly maxDifference: number;
  readonly worstRow: number;
  /** Rows, of the first 256, whose float32 result depends on how many rows are scored with them. */
  readonly batchDependent: number;
}

/**
 * Loads the model and scores rows of zeros and of `NaN`, alone and three at a time, as the gateway does before it
 * serves a model, and rows with one value missing; then the golden table, when there is one. Throws `UserError` for a
 * model that does not load or run, that answers no probability (before it is cut to [0, 1], by more than `ROUNDING`),
 * or that answers `NaN` for missing inputs.
 */
export async function checkModel(
  model: RewrittenModel,
  width: number,
  golden: GoldenTable | null,
): Promise<GoldenComparison | null> {
  await withForeignSession(model.uncut, width, async (score) => {
    for (const rows of [1, 3]) {
      expectProbabilities(await score(new Float32Array(rows * width)), "a row of zeros");
      expectProbabilities(await score(new Float32Array(rows * width).fill(NaN)), "missing inputs");
    }
    // A model may impute some columns only.
    const oneMissing = new Float32Array(width * width).map((_, i) => (i % (width + 1) === 0 ? NaN : 0));
    expectProbabilities(await score(oneMissing), "one missing input");
    if (golden !== null) expectProbabilities(await scoreAll(score, golden, width), "the golden table");
  });
  return await withForeignSession(model.onnx, width, async (score) => {
    await score(new Float32Array(3 * width));
    if (golden === null) return null;
    const comparison = compare(await scoreAll(score, golden, width), golden, width);
    return { ...comparison, batchDependent: await countBatchDependent(score, golden, width) };
  });
}

function compare(scores: Float32Array, golden: GoldenTable, width: number): Omit<GoldenComparison, "batchDependent"> {
  let [differing, differingWithMissing, maxDifference, worstRow] = [0, 0, 0, 0];
  golden.probabilities.forEach((expected, i) => {
    const difference = Math.abs(scores[i]! - expected);
    if (difference > maxDifference) [maxDifference, worstRow] = [difference, i];
    if (difference <= TOLERANCE) return;
    differing += 1;
    if (golden.values.subarray(i * width, (i + 1) * width).some(Number.isNaN)) differingWithMissing += 1;
  });
  return { rows: scores.length, differing, differingWithMissing, maxDifference, worstRow };
}

async function countBatchDependent(score: ScoreRows, { values }: GoldenTable, width: number): Promise<number> {
  const rows = Math.min(values.length / width, SINGLE_ROWS);
  const together = await score(values.slice(0, rows * width));
  let dependent = 0;
  for (let i = 0; i < rows; i++) {
    const [alone] = await score(values.slice(i * width, (i + 1) * width));
    if (!Object.is(alone, together[i])) dependent += 1;
  }
  return dependent;
}

async function scoreAll(score: ScoreRows, { values }: GoldenTable, width: number): Promise<Float32Array> {
  const scores = new Float32Array(values.length / width);
  for (let from = 0; from < scores.length; from += BATCH_ROWS) {
    scores.set(await score(values.slice(from * width, (from + BATCH_ROWS) * width)), from);
  }
  return scores;
}

function expectProbabilities(scores: Float32Array, what: string): void {
  const bad = scores.findIndex((p) => !(p >= -ROUNDING && p <= 1 + ROUNDING));
  if (bad === -1) return;
  const advice = Number.isNaN(scores[bad])
    ? "put an imputer in front of the model, as sklearn's SimpleImputer, or use a model that takes missing values"
    : "export class probabilities, or a regressor trained on 0 and 1";
  throw new UserError(`output: got ${scores[bad]} for ${what} (row ${bad}), expected a probability; ${advice}`);
}
