// What people ask of the sums: totals over labels, and quantiles of a histogram. Pure.
import { type LabelsOf, METRICS, type Metric, type SummedMetric } from "../metrics.ts";
import { bucketQuantile } from "./bucket-quantile.ts";
import type { CountSumsShown } from "./count-sums.ts";
import { addValues, type SeriesCount, valueCount } from "./series-count.ts";

/** Of a histogram, in its unit. */
export interface HistogramFigures {
  readonly count: number;
  readonly sum: number;
  /** `null` without a value. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export class CountFigures {
  /** When the sums began, ms since 1970. */
  readonly sinceMs: number;
  private readonly series: readonly SeriesCount[];

  constructor({ sinceMs, series }: CountSumsShown) {
    this.sinceMs = sinceMs;
    this.series = series;
  }

  /** A counter's sum over all series that have these labels; 0 where nothing was counted. */
  total<Name extends SummedMetric>(name: Name, labels: Partial<LabelsOf<Name>> = {}): number {
    return this.having(name, labels).reduce((sum, { values }) => sum + values[0]!, 0);
  }

  /** The same by the values of one label, those alone that occur. Example: `{ ts_malformed: 3 }`. */
  totalsBy<Name extends SummedMetric>(
    name: Name,
    by: keyof LabelsOf<Name> & string,
    labels: Partial<LabelsOf<Name>> = {},
  ): Record<string, number> {
    const totals: Record<string, number> = {};
    for (const { labels: own, values } of this.having(name, labels)) {
      const value = own[by]!;
      totals[value] = (totals[value] ?? 0) + values[0]!;
    }
    return totals;
  }

  /** A histogram over all series that have these labels. @throws RangeError for a metric that has no buckets. */
  histogram<Name extends SummedMetric>(name: Name, labels: Partial<LabelsOf<Name>> = {}): HistogramFigures {
    const metric: Metric = METRICS.summed[name];
    const { buckets } = metric;
    if (buckets === undefined) throw new RangeError(`name: got ${name}, expected a metric with buckets`);
    const values = new Array<number>(valueCount(metric)).fill(0);
    for (const one of this.having(name, labels)) addValues(values, one.values);
    const counts = values.slice(0, -1);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => bucketQuantile(buckets, counts, q));
    const count = counts.reduce((sum, one) => sum + one, 0);
    return { count, sum: values.at(-1)!, p50: p50!, p95: p95!, p99: p99! };
  }

  private having(name: string, labels: Readonly<Partial<Record<string, string>>>): readonly SeriesCount[] {
    return this.series.filter(
      (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    );
  }
}
