// Runs a rewritten model in the gateway's runtime. Checks that it loads, that it gives probabilities for any row (trial
// rows of its own), and that it agrees with the original library on the rows of a golden table.
import { ROWS, type RowName } from "../../src/features/schema.ts";
import { ordinaryRows } from "../../src/model/trial-rows.ts";
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

/** Ordinary rows that are tried, and how many of them alone too. */
const ORDINARY_ROWS = 256;
const ALONE_ROWS = 16;

/** What the columns of a model are. */
export interface ModelColumns {
  readonly row: RowName;
  readonly features: readonly string[];
}

export interface ModelCheck {
  /** `null` without a golden table. */
  readonly comparison: GoldenComparison | null;
  /** What a user should know, in sentences. */
  readonly warnings: readonly string[];
}

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
 * Loads the model and scores rows of zeros and of `NaN`, alone and three at a time, and ordinary rows, as the gateway
 * does before it serves a model; rows with one value missing; then the golden table, when there is one. Throws
 * `UserError` for a model that does not load or run, that answers no probability (before it is cut to [0, 1], by more
 * than `ROUNDING`), that answers `NaN` for missing inputs, or whose answer for a row depends on other rows. Warns of a
 * model that gives no probability on extreme rows, and of a golden table without the missing values that live rows
 * have.
 */
export async function checkModel(
  model: RewrittenModel,
  { row, features }: ModelColumns,
  golden: GoldenTable | null,
): Promise<ModelCheck> {
  const width = features.length;
  const { fixedRows } = model;
  const columns = Int32Array.from(features, (name) => ROWS[row].findIndex((column) => column.name === name));
  const ordinary = ordinaryRows(row, columns, ORDINARY_ROWS);
  const warnings = golden === null ? [] : coverageWarnings(golden, features);
  await withForeignSession({ onnx: model.uncut, width, fixedRows }, async (score) => {
    for (const rows of [1, 3]) {
      expectProbabilities(await score(new Float32Array(rows * width)), "a row of zeros");
      expectProbabilities(await score(new Float32Array(rows * width).fill(NaN)), "missing inputs");
    }
    // A model may impute some columns only.
    const oneMissing = new Float32Array(width * width).map((_, i) => (i % (width + 1) === 0 ? NaN : 0));
    expectProbabilities(await score(oneMissing), "one missing input");
    const together = await score(ordinary);
    expectProbabilities(together, "ordinary rows");
    await expectOwnScores(score, ordinary, together);
    const holed = ordinary.map((x, i) => (Math.floor(i / width) % width === i % width ? NaN : x));
    expectProbabilities(await score(holed), "ordinary rows with one missing input");
    warnings.push(...extremeWarnings(await score(extremeRows(ordinary, width))));
    if (golden !== null) expectProbabilities(await scoreAll(score, golden, width), "the golden table");
  });
  return await withForeignSession({ onnx: model.onnx, width, fixedRows }, async (score) => {
    await score(new Float32Array(3 * width));
    if (golden === null) return { comparison: null, warnings };
    const comparison = compare(await scoreAll(score, golden, width), golden, width);
    const batchDependent = await countBatchDependent(score, golden, width);
    return { comparison: { ...comparison, batchDependent }, warnings };
  });
}

/** Columns that a feed without quotes or without sizes leaves empty for good. */
const OF_QUOTES = /spread|imbalance/;

function coverageWarnings({ values }: GoldenTable, features: readonly string[]): string[] {
  const width = features.length;
  const never = features.filter((_, j) => !values.some((x, i) => i % width === j && Number.isNaN(x)));
  const remedy = "add rows with empty cells and the library's own predictions for them";
  if (never.length === width) {
    const live = "live rows have (a feed without quotes or sizes, the first rows after a gap)";
    return [`no golden row has a missing value, though ${live}: what the model does then was not compared; ${remedy}`];
  }
  const ofQuotes = never.filter((name) => OF_QUOTES.test(name));
  if (ofQuotes.length === 0) return [];
  return [`no golden row misses ${ofQuotes.join(", ")}, as rows of a feed without quotes or sizes do; ${remedy}`];
}

/** Each column a thousand times as far from the middle of its ordinary values as they go, below and above. */
function extremeRows(ordinary: Float32Array, width: number): Float32Array {
  const rows = new Float32Array(2 * width * width);
  for (let j = 0; j < width; j++) {
    const values = ordinary.filter((_, i) => i % width === j);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const [middle, reach] = [(low + high) / 2, 1000 * (high - low)];
    for (let k = 0; k < width; k++) {
      const [below, above] = k === j ? [middle - reach, middle + reach] : [middle, middle];
      rows[2 * k * width + j] = below;
      rows[(2 * k + 1) * width + j] = above;
    }
  }
  return rows;
}

function extremeWarnings(scores: Float32Array): string[] {
  const missing = scores.filter((p) => Number.isNaN(p)).length;
  const outside = scores.find((p) => p < -ROUNDING || p > 1 + ROUNDING);
  const of = `of ${scores.length} rows with one extreme value`;
  return [
    ...(missing > 0 ? [`${missing} ${of} give no number: live rows of that kind get no prediction`] : []),
    ...(outside === undefined
      ? []
      : [`the output reaches ${outside} on rows with one extreme value and is cut to 0 … 1: is it a probability?`]),
  ];
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

/** Refuses a model that normalizes over the rows of a run, as `softmax(dim=0)` and a batch norm in training do. */
async function expectOwnScores(score: ScoreRows, rows: Float32Array, together: Float32Array): Promise<void> {
  const width = rows.length / together.length;
  for (let i = 0; i < ALONE_ROWS; i++) {
    const [alone = NaN] = await score(rows.slice(i * width, (i + 1) * width));
    const among = together[i] ?? NaN;
    if (Math.abs(alone - among) <= TOLERANCE) continue;
    throw new UserError(
      `output: got ${alone} for a row alone, ${among} among ${together.length} rows (row ${i}), expected the same; ` +
        "export a model whose answer for a row is its own (PyTorch: softmax(x, dim=1), and model.eval() first)",
    );
  }
}

function expectProbabilities(scores: Float32Array, what: string): void {
  const bad = scores.findIndex((p) => !(p >= -ROUNDING && p <= 1 + ROUNDING));
  if (bad === -1) return;
  const advice = Number.isNaN(scores[bad])
    ? "put an imputer in front of the model, as sklearn's SimpleImputer or PyTorch's x = torch.nan_to_num(x), or use a " +
      "model that takes missing values"
    : "export class probabilities (predict_proba; PyTorch: end with a sigmoid), or a regressor trained on 0 and 1";
  throw new UserError(`output: got ${scores[bad]} for ${what} (row ${bad}), expected a probability; ${advice}`);
}
