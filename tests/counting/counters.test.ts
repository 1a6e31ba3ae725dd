import { describe, expect, it } from "vitest";
import { Counter, Histogram } from "../../src/counting/counters.ts";
import { Tally } from "../../src/counting/tally.ts";
import { summedFamilies } from "../../src/scrape/summed-families.ts";

describe("a counter", () => {
  it("counts each combination of labels by itself, in whatever order they are named", () => {
    const tally = new Tally();
    const counter = new Counter("predictions_total", tally);
    counter.inc({ model_version: "1", prediction: "0" });
    counter.inc({ model_version: "1", prediction: "1" }, 2);
    counter.inc({ prediction: "0", model_version: "1" });
    expect(tally.take()).toEqual([
      { name: "predictions_total", labels: { model_version: "1", prediction: "0" }, values: [2] },
      { name: "predictions_total", labels: { model_version: "1", prediction: "1" }, values: [2] },
    ]);
  });

  it("begins anew once its counts were taken", () => {
    const tally = new Tally();
    const counter = new Counter("volgate_model_swaps_total", tally);
    counter.inc({}, 3);
    expect(tally.take()).toHaveLength(1);
    expect(tally.take()).toEqual([]);
    counter.inc({});
    expect(tally.take()).toMatchObject([{ values: [1] }]);
  });
});

describe("a counter that a rule looks at by its increase", () => {
  const samplesOf = (tally: Tally, wanted: string) =>
    summedFamilies(tally.take()).find(({ name }) => name === wanted)!.samples;

  it("is 0 before the first fault, so that the first one is an increase", () => {
    const tally = new Tally();
    expect(samplesOf(tally, "volgate_metrics_lost_batches_total")).toEqual([{ labels: {}, value: 0 }]);
    new Counter("volgate_metrics_lost_batches_total", tally).inc({}, 2);
    expect(samplesOf(tally, "volgate_metrics_lost_batches_total")).toEqual([{ labels: {}, value: 2 }]);
    new Counter("volgate_sequence_refusals_total", tally).inc({ code: "sequence_too_old" }, 3);
    expect(samplesOf(tally, "volgate_sequence_refusals_total")).toEqual([
      { labels: { code: "sequence_too_old" }, value: 3 },
      { labels: { code: "sequence_conflict" }, value: 0 },
    ]);
  });
});

describe("a histogram", () => {
  it("counts a value in the bucket that it equals the bound of, and in all above", () => {
    const tally = new Tally();
    const histogram = new Histogram("prediction_latency_seconds", tally);
    for (const value of [0.001, 0.0011, 7]) histogram.observe({}, value);
    const { samples } = summedFamilies(tally.take()).find(({ name }) => name === "prediction_latency_seconds")!;
    const bucket = (le: string) => samples.find(({ labels }) => labels["le"] === le)!.value;
    const found = ["0.0005", "0.001", "0.002", "1.0", "+Inf"].map(bucket);
    expect(found).toEqual([0, 1, 2, 2, 3]);
    expect(samples.slice(-2).map(({ suffix, value }) => [suffix, value])).toEqual([
      ["_sum", 0.001 + 0.0011 + 7],
      ["_count", 3],
    ]);
  });

  it("takes a time that a clock set back made negative for none", () => {
    const tally = new Tally();
    new Histogram("prediction_latency_seconds", tally).observe({}, -0.25);
    const [{ values } = { values: [] }] = tally.take();
    expect([values[0], values.at(-1)]).toEqual([1, 0]);
  });

  it("needs a metric with buckets", () => {
    expect(() => new Histogram("http_requests_total")).toThrow(
      "name: got http_requests_total, expected a metric with buckets",
    );
  });
});
