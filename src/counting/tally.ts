// What an isolate has counted and not yet handed on.
import { METRICS, type Metric, type SummedMetric } from "../metrics.ts";
import { type GrowingSeries, type SeriesCount, seriesKey, valueCount } from "./series-count.ts";

export class Tally {
  private series = new Map<string, GrowingSeries>();

  /** The values of a series, to be added to in place. @param labels in any order. */
  valuesOf(name: SummedMetric, labels: Readonly<Record<string, string>>): number[] {
    const metric: Metric = METRICS.summed[name];
    const ordered: Record<string, string> = {};
    for (const label in metric.labels) ordered[label] = labels[label]!;
    const key = seriesKey(name, ordered);
    let found = this.series.get(key);
    if (found === undefined) {
      found = { name, labels: ordered, values: new Array<number>(valueCount(metric)).fill(0) };
      this.series.set(key, found);
    }
    return found.values;
  }

  /** All that was counted since the last call. */
  take(): SeriesCount[] {
    const taken = [...this.series.values()];
    this.series = new Map();
    return taken;
  }
}

/** The isolate's. */
export const tally = new Tally();
