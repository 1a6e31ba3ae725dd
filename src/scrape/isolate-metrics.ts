// The counters and served models of one isolate of the Worker. Isolates are short-lived and a scrape reaches only one
// of them, so every sample has the isolate's id: counters stay monotone per series, and sums over the label are right.
import { METRICS } from "../metrics.ts";
import type { Refusal, ServedModels } from "../model/model-host.ts";
import type { Family } from "./exposition.ts";
import { Counter, Histogram } from "./isolate-counters.ts";

export const requests = new Counter("http_requests_total");
export const predictionLatency = new Histogram("prediction_latency_seconds");
export const predictions = new Counter("predictions_total");
export const rejectedTicks = new Counter("volgate_ticks_rejected_total");
export const ingestFailures = new Counter("volgate_ingest_failures_total");

interface ModelFacts {
  readonly serving: ServedModels;
  readonly refusals: readonly Refusal[];
  readonly swapCount: number;
}

/** What the objects' clients counted. */
interface ObjectFacts {
  /** Calls without an answer in time, by kind of object. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly unreadBuckets: number;
}

let isolateId: string | undefined;

/** Random name of this isolate; made at the first request, since the platform allows no randomness before it. */
function isolateName(): string {
  return (isolateId ??= crypto.randomUUID().slice(0, 8));
}

/** All counters of this isolate, what it knows of the objects, and its models. */
export function isolateFamilies(
  { serving, refusals, swapCount }: ModelFacts,
  { timeouts, unreadBuckets }: ObjectFacts,
): Family[] {
  const isolate = isolateName();
  const models = Object.entries(serving.byAlias).map(([alias, { manifest }]) => ({ alias, version: manifest.version }));
  const hasChampion = models.some(({ alias }) => alias === "champion");
  const gauge = (name: keyof typeof METRICS.isolate, samples: Family["samples"]): Family => {
    return { name, metric: METRICS.isolate[name], samples };
  };
  return [
    ...[requests, predictionLatency, predictions, rejectedTicks, ingestFailures].map((one) => one.family({ isolate })),
    gauge(
      "volgate_object_timeouts_total",
      Object.entries(timeouts).map(([object, value]) => ({ labels: { object, isolate }, value })),
    ),
    gauge("volgate_directory_unread_buckets", [{ labels: { isolate }, value: unreadBuckets }]),
    gauge("model_loaded", [{ labels: { isolate }, value: hasChampion ? 1 : 0 }]),
    gauge(
      "volgate_model_info",
      models.map((model) => ({ labels: { ...model, isolate }, value: 1 })),
    ),
    gauge(
      "volgate_model_refused",
      refusals.map(({ alias, code }) => ({ labels: { alias, code, isolate }, value: 1 })),
    ),
    gauge("volgate_model_swaps_total", [{ labels: { isolate }, value: swapCount }]),
  ];
}
