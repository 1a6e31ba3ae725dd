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
  const columns = ROWS[row].flatMap(({ name }, column) => (only === undefined || only.has(name) ? [column] : []));
  const { count, mean, deviation } = moments(values, rows, width, columns);
  columns.forEach((column, j) => {
    const { name } = ROWS[row][column]!;
    if (days < MIN_CLOCK_DAYS && CLOCK_COLUMNS.has(name)) {
      dropped.push({ name, reason: `training rows of ${days} days, fewer than ${MIN_CLOCK_DAYS}` });
    } else if (count[j] === 0) dropped.push({ name, reason: "no finite value in the training rows" });
    else if (!(deviation[j]! > 1e-12 * Math.abs(mean[j]!))) {
      dropped.push({ name, reason: "constant in the training rows" });
    } else {
      kept.features.push(name);
      kept.columns.push(column);
      kept.mean.push(mean[j]!);
      kept.deviation.push(deviation[j]!);
    }
  });
  return { ...kept, dropped };
}

/** Of the finite values of some columns [rows × width]: all columns of a row at once, for they lie side by side. */
function moments(values: Float32Array, rows: Int32Array, width: number, columns: readonly number[]) {
  const count = new Float64Array(columns.length);
  const mean = new Float64Array(columns.length);
  const deviation = new Float64Array(columns.length);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < columns.length; j++) {
      const x = values[rows[i]! * width + columns[j]!]!;
      if (!Number.isFinite(x)) continue;
      count[j]! += 1;
      mean[j]! += x;
    }
  }
  for (let j = 0; j < columns.length; j++) mean[j]! /= count[j]!;
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < columns.length; j++) {
      const x = values[rows[i]! * width + columns[j]!]!;
      if (Number.isFinite(x)) deviation[j]! += (x - mean[j]!) * (x - mean[j]!);
    }
  }
  for (let j = 0; j < columns.length; j++) deviation[j] = Math.sqrt(deviation[j]! / count[j]!);
  return { count, mean, deviation };
}

/** Days of UTC that have a row. */
function daysOf({ rows: { tsMs } }: Dataset, rows: Int32Array): number {
  const days = new Set<number>();
  for (const k of rows) days.add(Math.floor(tsMs[k]! / 86_400_000));
  return days.size;
}
