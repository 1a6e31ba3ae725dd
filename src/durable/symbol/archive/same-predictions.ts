// Whether two objects of predictions say the same, in whatever bytes: another version encodes the same rows otherwise.
import { parquetReadObjects } from "hyparquet";

/** What identifies a prediction and what was answered; other columns follow from these. */
const COLUMNS = ["prediction_id", "score", "tau", "label", "variant"];

/** False also for bytes that are no object of predictions. */
export async function samePredictions(there: ArrayBuffer, own: ArrayBuffer): Promise<boolean> {
  const [left, right] = await Promise.all([rowsOf(there).catch(() => undefined), rowsOf(own)]);
  if (left?.length !== right.length) return false;
  return left.every((row, i) => COLUMNS.every((name) => Object.is(row[name] ?? null, right[i]![name] ?? null)));
}

function rowsOf(file: ArrayBuffer): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file, columns: COLUMNS });
}
