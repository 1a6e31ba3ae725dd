// What all isolates counted, as /operations shows it.
import type { CountFigures, HistogramFigures } from "../counting/count-figures.ts";
import type { IngestPart, LatencyPart } from "./operations-schema.ts";

/** Ticks of requests and of feeds together. */
export function ingestShape(figures: CountFigures): IngestPart {
  const outcomes = figures.totalsBy("volgate_ingest_ticks_total", "outcome");
  const rejected = figures.totalsBy("volgate_ticks_rejected_total", "reason");
  return {
    since: new Date(figures.sinceMs).toISOString(),
    ticks: {
      accepted: outcomes["accepted"] ?? 0,
      duplicate: outcomes["duplicate"] ?? 0,
      late: outcomes["late"] ?? 0,
      outlier: rejected["ts_outlier"] ?? 0,
      price_outlier: rejected["price_outlier"] ?? 0,
    },
    rejected,
    failed_batches: figures.total("volgate_ingest_batches_total", { outcome: "failed" }),
  };
}

export function latencyShape(figures: CountFigures): { readonly predict: LatencyPart; readonly ingest: LatencyPart } {
  return {
    predict: quantiles(figures.histogram("prediction_latency_seconds")),
    ingest: quantiles(figures.histogram("volgate_ingest_latency_seconds")),
  };
}

/** To the microsecond; within a bucket they are estimates. */
function quantiles({ count, p50, p95, p99 }: HistogramFigures): LatencyPart {
  const ms = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds * 1e6) / 1e3);
  return { count, p50_ms: ms(p50), p95_ms: ms(p95), p99_ms: ms(p99) };
}
