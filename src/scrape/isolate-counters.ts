// Counters and histograms that an isolate of the Worker keeps in its memory.
import { type SummedMetric, type LabelsOf, METRICS, type Metric } from "../metrics.ts";
import { type Family, type Labels, numberText, type Sample } from "./exposition.ts";

/** A counter of the catalogue. */
export class Counter<Name extends SummedMetric> {
  private readonly values = new Map<string, { readonly labels: Labels; value: number }>();
  private readonly name: Name;

  constructor(name: Name) {
    this.name = name;
  }

  inc(labels: LabelsOf<Name>, by = 1): void {
    const given: Labels = labels;
    const key = Object.values(given).join("\u0000");
    const entry = this.values.get(key) ?? { labels: given, value: 0 };
    entry.value += by;
    this.values.set(key, entry);
  }

  /** @param common labels added to every sample. */
  family(common: Labels): Family {
    const samples = [...this.values.values()].map(({ labels, value }) => ({ labels: { ...labels, ...common }, value }));
    return { name: this.name, metric: METRICS.summed[this.name], samples };
  }
}

/** A histogram of the catalogue that has no labels. */
export class Histogram {
  private readonly counts: Float64Array;
  private sum = 0;
  private readonly bounds: readonly number[];
  private readonly name: SummedMetric;

  /** @throws RangeError for a metric that has no buckets. */
  constructor(name: SummedMetric) {
    const { buckets }: Metric = METRICS.summed[name];
    if (buckets === undefined) throw new RangeError(`name: got ${name}, expected a metric with buckets`);
    this.name = name;
    this.bounds = buckets;
    this.counts = new Float64Array(buckets.length + 1);
  }

  observe(value: number): void {
    const at = this.bounds.findIndex((bound) => value <= bound);
    this.counts[at < 0 ? this.bounds.length : at]! += 1;
    this.sum += value;
  }

  /** @param common labels added to every sample. */
  family(common: Labels): Family {
    let cumulative = 0;
    const samples: Sample[] = [...this.bounds, Infinity].map((bound, i) => {
      cumulative += this.counts[i]!;
      return { suffix: "_bucket", labels: { ...common, le: numberText(bound) }, value: cumulative };
    });
    samples.push({ suffix: "_sum", labels: common, value: this.sum });
    samples.push({ suffix: "_count", labels: common, value: cumulative });
    return { name: this.name, metric: METRICS.summed[this.name], samples };
  }
}
