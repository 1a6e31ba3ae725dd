// What an object of predictions that has the name of another holds, in whatever bytes: another version encodes the same
// rows otherwise.
import { parquetReadObjects } from "hyparquet";

/**
 * `unfinished`: of the same predictions, and some lack the label that they have now or will have, because the symbol
 * was about to be removed and was not.
 */
export type PredictionsThere = "same" | "unfinished" | "other";

/** What identifies a prediction and what was answered; other columns follow from these. */
const ANSWER = ["prediction_id", "score", "tau", "variant"];

/**
 * Compares the object that is there with the one that is to be written.
 * @param servedThroughMs end of the last step that the symbol has served: it will write all rows up to there.
 */
export async function comparePredictions(
  there: ArrayBuffer,
  own: ArrayBuffer,
  servedThroughMs: number,
): Promise<PredictionsThere> {
  const [left, right] = await Promise.all([rowsOf(there).catch(() => undefined), rowsOf(own)]);
  if (left === undefined) return "other";
  const shared = left.slice(0, right.length);
  const isOther = shared.some((row, i) => ANSWER.some((name) => !Object.is(row[name], right[i]![name])));
  const further = left.slice(right.length);
  if (isOther || further.some((row) => labelOf(row) !== null || Number(row["ts"]) > servedThroughMs)) return "other";
  const changed = shared.filter((row, i) => labelOf(row) !== labelOf(right[i]!));
  if (changed.some((row) => labelOf(row) !== null)) return "other";
  return changed.length === 0 && left.length === right.length ? "same" : "unfinished";
}

function rowsOf(file: ArrayBuffer): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file, columns: [...ANSWER, "ts", "label"] });
}

function labelOf(row: Record<string, unknown>): unknown {
  return row["label"] ?? null;
}
