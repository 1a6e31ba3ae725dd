// Mean and spread of each column over training rows, and which columns are usable.
import { CLOCK_COLUMNS } from "../../src/features/default-2.ts";
import { ROWS, type RowName } from "../../src/features/schema.ts";
import type { Dataset } from "./dataset.ts";
import type { DroppedColumn } from "../score/score.ts";

/** Over the finite values of the kept columns, in the order of the row. */
export interface ColumnStatistics {
  readonly features: readonly string[];
  readonly columns: readonly number[];
  readonly mean: readonly number[];
  /** Population standard deviation, above 0. */
  readonly deviation: readonly number[];
  readonly dropped: readonly DroppedColumn[];
}

/** A column of the clock is used from so many days of training rows on: fewer are an accident of those days. */
const MIN_CLOCK_DAYS = 14;

/**
 * Two passes in float64. A column without finite values, or with one value only, is dropped and named, and so are those
 * of the clock where the rows are of fewer than `MIN_CLOCK_DAYS` days.
 * @param only names of the columns to use; the others are left out without being named.
 */
export function columnStatistics(
  data: Dataset,
  row: RowName,
  rows: Int32Array,
  only?: ReadonlySet<string>,
): ColumnStatistics {
  const width = ROWS[row].length;
  const values = data.rows.values[row];
  const kept = { features: [] as string[], columns: [] as number[], mean: [] as number[], deviation: [] as number[] };
  const dropped: DroppedColumn[] = [];
  const days = daysOf(data, rows);
  ROWS[row].forEach(({ name }, column) => {
    if (only !== undefined && !only.has(name)) return;
    if (days < MIN_CLOCK_DAYS && CLOCK_COLUMNS.has(name)) {
      dropped.push({ name, reason: `training rows of ${days} days, fewer than ${MIN_CLOCK_DAYS}` });
      return;
    }
    let count = 0;
    let sum = 0;
    for (const k of rows) {
      const x = values[k * width + column]!;
      if (!Number.isFinite(x)) continue;
      count += 1;
      sum += x;
    }
    const mean = sum / count;
    let squares = 0;
    for (const k of rows) {
      const x = values[k * width + column]!;
      if (Number.isFinite(x)) squares += (x - mean) * (x - mean);
    }
    const deviation = Math.sqrt(squares / count);
    if (count === 0) dropped.push({ name, reason: "no finite value in the training rows" });
    else if (!(deviation > 1e-12 * Math.abs(mean))) dropped.push({ name, reason: "constant in the training rows" });
    else {
      kept.features.push(name);
      kept.columns.push(column);
      kept.mean.push(mean);
      kept.deviation.push(deviation);
    }
  });
  return { ...kept, dropped };
}

/** Days of UTC that have a row. */
function daysOf({ rows: { tsMs } }: Dataset, rows: Int32Array): number {
  const days = new Set<number>();
  for (const k of rows) days.add(Math.floor(tsMs[k]! / 86_400_000));
  return days.size;
}
