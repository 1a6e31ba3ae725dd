// The counters of one isolate of the Worker, and the models that all isolates serve. Isolates are short-lived and a
// scrape reaches only one of them, so every sample has the isolate's id: counters stay monotone per series, and sums
// over the label are right.
import { isolateName } from "../health/isolate-name.ts";
import type { IsolateReport } from "../health/isolate-report.ts";
import { METRICS } from "../metrics.ts";
import type { Family } from "./exposition.ts";
import { Counter, Histogram } from "./isolate-counters.ts";

export const requests = new Counter("http_requests_total");
export const predictionLatency = new Histogram("prediction_latency_seconds");
export const predictions = new Counter("predictions_total");
export const rejectedTicks = new Counter("volgate_ticks_rejected_total");
export const ingestFailures = new Counter("volgate_ingest_failures_total");
export const sequenceRefusals = new Counter("volgate_sequence_refusals_total");

/** What the objects' clients counted. */
interface ObjectFacts {
  /** Calls without an answer in time, by kind of object. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly unreadBuckets: number;
}

/**
 * All counters of this isolate, what it knows of the objects, and the models of every isolate that reported, those of
 * the objects too.
 */
export function isolateFamilies(reports: readonly IsolateReport[], { timeouts, unreadBuckets }: ObjectFacts): Family[] {
  const isolate = isolateName();
  const gauge = (name: keyof typeof METRICS.isolate, samples: Family["samples"]): Family => {
    return { name, metric: METRICS.isolate[name], samples };
  };
  return [
    ...[requests, predictionLatency, predictions, rejectedTicks, ingestFailures, sequenceRefusals].map((one) =>
      one.family({ isolate }),
    ),
    gauge(
      "volgate_object_timeouts_total",
      Object.entries(timeouts).map(([object, value]) => ({ labels: { object, isolate }, value })),
    ),
    gauge("volgate_directory_unread_buckets", [{ labels: { isolate }, value: unreadBuckets }]),
    gauge(
      "model_loaded",
      reports.map(({ isolate: one, models }) => {
        return { labels: { isolate: one }, value: Number(models.some(({ alias }) => alias === "champion")) };
      }),
    ),
    gauge(
      "volgate_model_info",
      reports.flatMap(({ isolate: one, models }) =>
        models.map(({ alias, version, evidence }) => ({
          labels: { alias, version, evidence, isolate: one },
          value: 1,
        })),
      ),
    ),
    gauge(
      "volgate_model_refused",
      reports.flatMap(({ isolate: one, refusals }) =>
        refusals.map(({ alias, code }) => ({ labels: { alias, code, isolate: one }, value: 1 })),
      ),
    ),
    gauge(
      "volgate_model_stand_in",
      reports.flatMap(({ isolate: one, models }) =>
        models.map(({ alias, standIn }) => ({ labels: { alias, isolate: one }, value: Number(standIn) })),
      ),
    ),
    gauge(
      "volgate_model_swaps_total",
      reports.map(({ isolate: one, swaps }) => ({ labels: { isolate: one }, value: swaps })),
    ),
  ];
}
