// What was counted of one series: plain values that cross RPC and are stored.
import * as v from "valibot";
import { METRICS, type Metric, type SummedMetric } from "../metrics.ts";
import { fields, finiteNumber, type Parsed, wholeNumber } from "../schemas/schema-values.ts";

const text = v.string("a text");

const seriesCountSchema = fields({
  name: text,
  /** In the order of the catalogue. */
  labels: v.record(text, text, "labels"),
  /** Of a counter one value. Of a histogram the count of each bucket, of the one without a bound, and the sum. */
  values: v.array(finiteNumber(0), "a list"),
});
export type SeriesCount = Parsed<typeof seriesCountSchema>;

/** A series that is being counted. */
export interface GrowingSeries extends Omit<SeriesCount, "values"> {
  readonly values: number[];
}

export const seriesCountsSchema = v.array(seriesCountSchema, "a list");

/** What an isolate counted between two sends, under a number that never returns. */
const countBatchSchema = fields({ seq: wholeNumber(1), series: seriesCountsSchema });
export type CountBatch = Parsed<typeof countBatchSchema>;

export const countBatchesSchema = v.array(countBatchSchema, "a list");

/** Adds `values` to `sum` in place; both are of the same length. */
export function addValues(sum: number[], values: readonly number[]): void {
  for (let i = 0; i < values.length; i++) sum[i]! += values[i]!;
}

/** Whether this version's catalogue has a series of that name, of these labels and of as many values. */
export function isCatalogued({ name, labels, values }: SeriesCount): boolean {
  const metric: Metric | undefined = Object.hasOwn(METRICS.summed, name)
    ? METRICS.summed[name as SummedMetric]
    : undefined;
  if (metric === undefined || values.length !== valueCount(metric)) return false;
  return Object.keys(metric.labels).join() === Object.keys(labels).join();
}

/** How many values a series of the metric has. */
export function valueCount({ buckets }: Metric): number {
  return buckets === undefined ? 1 : buckets.length + 2;
}
