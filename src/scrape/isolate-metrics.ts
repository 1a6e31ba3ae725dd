// The counters of one isolate.
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
}

/** What this isolate counted. */
export function countedFamilies({ timeouts }: ObjectFacts): Family[] {
  return [
    ...[requests, predictionLatency, predictions, rejectedTicks, ingestFailures, sequenceRefusals].map((one) =>
      one.family({}),
    ),
    {
      name: "volgate_object_timeouts_total",
      metric: METRICS.summed.volgate_object_timeouts_total,
      samples: Object.entries(timeouts).map(([object, value]) => ({ labels: { object }, value })),
    },
  ];
}
