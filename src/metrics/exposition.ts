// Prometheus text exposition: counters, gauges and histograms with bounded labels. The catalogue of what is measured is
// in the files that use this one.

export type Labels = Readonly<Record<string, string>>;
export type MetricType = "counter" | "gauge" | "histogram";

/** One metric family: a header and its samples. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** Appended to the family's name: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Renders families as text/plain; version=0.0.4. A family without samples is left out. */
export function renderFamilies(families: readonly Family[]): string {
  let text = "";
  for (const { name, help, type, samples } of families) {
    if (samples.length === 0) continue;
    text += `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}\n# TYPE ${name} ${type}\n`;
    for (const { suffix = "", labels, value } of samples)
      text += `${name}${suffix}${labelText(labels)} ${numberText(value)}\n`;
  }
  return text;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const escaped = value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
    return `${name}="${escaped}"`;
  });
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  return String(value);
}

/** A counter with labels, kept in this isolate. */
export class LabeledCounter {
  private readonly values = new Map<string, { labels: Labels; value: number }>();
  private readonly header: Omit<Family, "samples">;

  constructor(name: string, help: string) {
    this.header = { type: "counter", name, help };
  }

  inc(labels: Labels, by = 1): void {
    this.entry(labels).value += by;
  }

  /** @param common labels added to every sample. */
  family(common: Labels): Family {
    const samples = [...this.values.values()].map(({ labels, value }) => ({ labels: { ...labels, ...common }, value }));
    return { ...this.header, samples };
  }

  private entry(labels: Labels): { labels: Labels; value: number } {
    const key = Object.values(labels).join("\u0000");
    let entry = this.values.get(key);
    if (entry === undefined) {
      entry = { labels, value: 0 };
      this.values.set(key, entry);
    }
    return entry;
  }
}

/** A histogram without labels of its own, kept in this isolate. */
export class Histogram {
  private readonly counts: Float64Array;
  private sum = 0;
  private readonly bounds: readonly number[];
  private readonly header: Omit<Family, "samples">;

  /** @param bounds upper bounds, rising, without +Inf. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.header = { type: "histogram", name, help };
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const at = this.bounds.findIndex((bound) => value <= bound);
    this.counts[at < 0 ? this.bounds.length : at]! += 1;
    this.sum += value;
  }

  family(common: Labels): Family {
    let cumulative = 0;
    const samples: Sample[] = [...this.bounds, Infinity].map((bound, i) => {
      cumulative += this.counts[i]!;
      return { suffix: "_bucket", labels: { ...common, le: numberText(bound) }, value: cumulative };
    });
    samples.push({ suffix: "_sum", labels: common, value: this.sum });
    samples.push({ suffix: "_count", labels: common, value: cumulative });
    return { ...this.header, samples };
  }
}
