import { describe, expect, it } from "vitest";
import { bucketQuantile } from "../../src/counting/bucket-quantile.ts";
import { CountFigures } from "../../src/counting/count-figures.ts";
import { Counter, Histogram } from "../../src/counting/counters.ts";
import { Tally } from "../../src/counting/tally.ts";

describe("a quantile from buckets", () => {
  it("is where it would be if values lay evenly in their bucket", () => {
    expect(bucketQuantile([1, 2], [10, 10, 0], 0.75)).toBe(1.5);
    expect(bucketQuantile([1, 2], [10, 10, 0], 0.5)).toBe(1);
    expect(bucketQuantile([1, 2], [10, 10, 0], 0.25)).toBe(0.5);
    expect(bucketQuantile([1, 2, 5], [0, 0, 4, 0], 0.5)).toBe(3.5);
  });

  it("is the largest bound where it lies above that", () => {
    expect(bucketQuantile([1, 2], [1, 0, 99], 0.5)).toBe(2);
    expect(bucketQuantile([1, 2], [0, 0, 1], 0.99)).toBe(2);
  });

  it("does not exist without a value", () => expect(bucketQuantile([1, 2], [0, 0, 0], 0.5)).toBeNull());
});

describe("the figures of the sums", () => {
  const tally = new Tally();
  const rejected = new Counter("volgate_ticks_rejected_total", tally);
  const latency = new Histogram("volgate_ingest_latency_seconds", tally);
  rejected.inc({ way: "http", reason: "ts_malformed" }, 3);
  rejected.inc({ way: "feed", reason: "ts_malformed" }, 2);
  rejected.inc({ way: "http", reason: "not_json" });
  for (const seconds of [0.0005, 0.0015, 0.0015, 30]) latency.observe({ way: "http" }, seconds);
  latency.observe({ way: "feed" }, 0.003);
  const figures = new CountFigures({ sinceMs: 7, series: tally.take() });

  it("are totals over the labels that are not asked for", () => {
    expect(figures.sinceMs).toBe(7);
    expect(figures.total("volgate_ticks_rejected_total")).toBe(6);
    expect(figures.total("volgate_ticks_rejected_total", { way: "feed" })).toBe(2);
    expect(figures.total("volgate_model_swaps_total")).toBe(0);
    expect(figures.totalsBy("volgate_ticks_rejected_total", "reason")).toEqual({ ts_malformed: 5, not_json: 1 });
    expect(figures.totalsBy("volgate_ticks_rejected_total", "reason", { way: "feed" })).toEqual({ ts_malformed: 2 });
  });

  it("have quantiles of a histogram, over all its series or some", () => {
    expect(figures.histogram("volgate_ingest_latency_seconds", { way: "http" })).toEqual({
      count: 4,
      sum: 0.0005 + 0.0015 + 0.0015 + 30,
      p50: 0.0015,
      p95: 15,
      p99: 15,
    });
    expect(figures.histogram("volgate_ingest_latency_seconds").count).toBe(5);
    expect(figures.histogram("prediction_latency_seconds")).toEqual({
      count: 0,
      sum: 0,
      p50: null,
      p95: null,
      p99: null,
    });
    expect(() => figures.histogram("predictions_total")).toThrow(RangeError);
  });
});
