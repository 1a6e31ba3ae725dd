import { describe, expect, it } from "vitest";
import { familyLines, textStream } from "../../src/scrape/exposition.ts";
import { Counter, Histogram } from "../../src/scrape/isolate-counters.ts";
import { parseExposition } from "../worker/exposition-parser.ts";

describe("the text of a metric", () => {
  it("escapes what would break a line", () => {
    const labels = { a: 'quo"te', b: "back\\slash", c: "new\nline" };
    const metric = { type: "gauge", help: "back\\slash\nnew line" } as const;
    const text = [...familyLines({ name: "odd", metric, samples: [{ labels, value: -Infinity }] })].join("");
    expect(text).toBe(
      '# HELP odd back\\\\slash\\nnew line\n# TYPE odd gauge\nodd{a="quo\\"te",b="back\\\\slash",c="new\\nline"} -Inf\n',
    );
    expect(parseExposition(text).get("odd")!.series[0]!.labels).toEqual(labels);
  });

  it("is none without samples", () => {
    const metric = { type: "counter", help: "nothing" } as const;
    expect([...familyLines({ name: "empty", metric, samples: [] })]).toEqual([]);
  });

  it("is made while it is read, in parts", async () => {
    let made = 0;
    function* lines() {
      for (; made < 10_000; made++) yield `volgate_batches_total{symbol="SYMBOL-${made}"} 1\n`;
    }
    const reader = textStream(lines()).getReader();
    const parts: string[] = [];
    const first = await reader.read();
    expect(made).toBeLessThan(5000);
    for (let part = first; part.value !== undefined; part = await reader.read()) {
      parts.push(new TextDecoder().decode(part.value));
    }
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.join("")).toBe(
      Array.from({ length: 10_000 }, (_, i) => `volgate_batches_total{symbol="SYMBOL-${i}"} 1\n`).join(""),
    );
  });
});

describe("a counter", () => {
  it("counts each combination of labels by itself", () => {
    const counter = new Counter("predictions_total");
    counter.inc({ model_version: "1", prediction: "0" });
    counter.inc({ model_version: "1", prediction: "1" }, 2);
    counter.inc({ model_version: "1", prediction: "0" });
    expect(counter.family({ isolate: "i" }).samples).toEqual([
      { labels: { model_version: "1", prediction: "0", isolate: "i" }, value: 2 },
      { labels: { model_version: "1", prediction: "1", isolate: "i" }, value: 2 },
    ]);
  });
});

describe("a histogram", () => {
  it("counts a value in the bucket that it equals the bound of, and in all above", () => {
    const histogram = new Histogram("prediction_latency_seconds");
    for (const value of [0.001, 0.0011, 7]) histogram.observe(value);
    const { samples } = histogram.family({ isolate: "i" });
    const bucket = (le: string) => samples.find(({ labels }) => labels["le"] === le)!.value;
    expect([bucket("0.0005"), bucket("0.001"), bucket("0.002"), bucket("1"), bucket("+Inf")]).toEqual([0, 1, 2, 2, 3]);
    expect(samples.slice(-2).map(({ suffix, value }) => [suffix, value])).toEqual([
      ["_sum", 0.001 + 0.0011 + 7],
      ["_count", 3],
    ]);
  });

  it("needs a metric with buckets", () => {
    expect(() => new Histogram("http_requests_total")).toThrow("name: got model_loaded, expected a metric with buckets");
  });
});
