// The metrics that all isolates counted, from their sums.
import type { SeriesCount } from "../counting/series-count.ts";
import type { CountSumsShown } from "../counting/count-sums.ts";
import { type LabelsOf, METRICS, type Metric, type SummedMetric } from "../metrics.ts";
import { boundText, type Family, type Labels, type Sample } from "./exposition.ts";

/** @param counts `undefined` when the metrics object did not answer: `volgate_metrics_up` is 0, and no sum is there. */
export function countFamilies(counts: CountSumsShown | undefined): Family[] {
  const { gateway } = METRICS;
  const up = { labels: {}, value: counts === undefined ? 0 : 1 };
  const upFamily: Family = { name: "volgate_metrics_up", metric: gateway.volgate_metrics_up, samples: [up] };
  if (counts === undefined) return [upFamily];
  const name = "volgate_metrics_since_timestamp_seconds";
  const since = { labels: {}, value: counts.sinceMs / 1000 };
  return [upFamily, { name, metric: gateway[name], samples: [since] }, ...summedFamilies(counts.series)];
}

/**
 * Counters of what should never happen, which rules look at by `increase`. They are 0 from the start: a series that
 * appears with its first count has no increase, and the first fault would ring nothing.
 */
const FROM_ZERO: { readonly [Name in SummedMetric]?: readonly LabelsOf<Name>[] } = {
  volgate_sequence_refusals_total: [{ code: "sequence_conflict" }, { code: "sequence_too_old" }],
  volgate_metrics_lost_batches_total: [{}],
};

/** In the order of the catalogue. */
export function summedFamilies(series: readonly SeriesCount[]): Family[] {
  return (Object.keys(METRICS.summed) as SummedMetric[]).map((name) => {
    const metric: Metric = METRICS.summed[name];
    const counted = series.flatMap((one) => (one.name === name ? samplesOf(metric, one) : []));
    const uncounted = (FROM_ZERO[name] ?? []).filter((labels) => !counted.some((one) => hasLabels(one, labels)));
    const samples = [...counted, ...uncounted.map((labels) => ({ labels, value: 0 }))];
    return { name, metric, samples };
  });
}

function hasLabels({ labels }: Sample, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function samplesOf({ buckets }: Metric, { labels, values }: SeriesCount): Sample[] {
  if (buckets === undefined) return [{ labels, value: values[0]! }];
  let cumulative = 0;
  const samples: Sample[] = [...buckets, Infinity].map((bound, i) => {
    cumulative += values[i]!;
    return { suffix: "_bucket", labels: { ...labels, le: boundText(bound) }, value: cumulative };
  });
  samples.push({ suffix: "_sum", labels, value: values.at(-1)! }, { suffix: "_count", labels, value: cumulative });
  return samples;
}
