// What one isolate of the Worker counts. Isolates come and go and a scrape reaches one of them, so every sample carries
// the isolate's id: counters stay monotone per series, and sums over the label are right.
import { type Family, Histogram, LabeledCounter } from "./exposition.ts";

export const requests = new LabeledCounter("http_requests_total", "Requests by method, route pattern and status.");

export const predictionLatency = new Histogram(
  "prediction_latency_seconds",
  "Time to answer GET and POST /predict, measured around I/O (the clock stands still during CPU work in production).",
  [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
);

export const predictions = new LabeledCounter(
  "predictions_total",
  "Answered live predictions by model version and outcome (1 alert, 0 none).",
);

export const rejectedTicks = new LabeledCounter(
  "volgate_ticks_rejected_total",
  "Refused ticks by reason, those that the grid gave up as outliers included.",
);

export const ingestFailures = new LabeledCounter(
  "volgate_ingest_failures_total",
  "Symbol batches that failed and were not acknowledged.",
);

let isolateId: string | undefined;

/** Random name of this isolate; made at the first request, since no randomness is allowed before it. */
export function isolateName(): string {
  return (isolateId ??= crypto.randomUUID().slice(0, 8));
}

/** Everything this isolate counted. */
export function workerFamilies(): Family[] {
  const common = { isolate: isolateName() };
  return [requests, predictionLatency, predictions, rejectedTicks, ingestFailures].map((m) => m.family(common));
}
