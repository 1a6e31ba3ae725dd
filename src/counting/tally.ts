// What an isolate has counted and not yet handed on.
import { METRICS, type Metric, type SummedMetric } from "../metrics.ts";
import { type GrowingSeries, type SeriesCount, valueCount } from "./series-count.ts";

export class Tally {
  private series = new Map<string, GrowingSeries>();

  /** The values of a series, to be added to in place. @param labels in any order. */
  valuesOf(name: SummedMetric, labels: Readonly<Record<string, string>>): number[] {
    const metric: Metric = METRICS.summed[name];
    let key: string = name;
    for (const label in metric.labels) key += `\u0000${labels[label]!}`;
    const found = this.series.get(key) ?? newSeries(name, metric, labels);
    this.series.set(key, found);
    return found.values;
  }

  /** All that was counted since the last call. */
  take(): SeriesCount[] {
    const taken = [...this.series.values()];
    this.series = new Map();
    return taken;
  }
}

function newSeries(name: string, metric: Metric, labels: Readonly<Record<string, string>>): GrowingSeries {
  const ordered = Object.fromEntries(Object.keys(metric.labels).map((label) => [label, labels[label]!]));
  return { name, labels: ordered, values: new Array<number>(valueCount(metric)).fill(0) };
}

/** The isolate's. */
export const tally = new Tally();
