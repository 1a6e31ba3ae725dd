import { describe, expect, it } from "vitest";
import { boundText, familyLines, textStream } from "../../src/scrape/exposition.ts";
import { OPEN_METRICS } from "../../src/scrape/open-metrics.ts";
import { PROMETHEUS_TEXT } from "../../src/scrape/prometheus-text.ts";
import { parseExposition } from "../worker/exposition-parser.ts";

describe("the text of a metric", () => {
  it("escapes what would break a line", () => {
    const labels = { a: 'quo"te', b: "back\\slash", c: "new\nline" };
    const metric = { type: "gauge", help: "back\\slash\nnew line" } as const;
    const text = [
      ...familyLines({ name: "odd", metric, samples: [{ labels, value: -Infinity }] }, PROMETHEUS_TEXT),
    ].join("");
    expect(text).toBe(
      '# HELP odd back\\\\slash\\nnew line\n# TYPE odd gauge\nodd{a="quo\\"te",b="back\\\\slash",c="new\\nline"} -Inf\n',
    );
    expect(parseExposition(text).get("odd")!.series[0]!.labels).toEqual(labels);
  });

  it("is none without samples", () => {
    const metric = { type: "counter", help: "nothing" } as const;
    for (const format of [PROMETHEUS_TEXT, OPEN_METRICS]) {
      expect([...familyLines({ name: "empty", metric, samples: [] }, format)]).toEqual([]);
    }
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

describe("the text of OpenMetrics", () => {
  const textOf = (...[family]: Parameters<typeof familyLines> extends [infer F, unknown] ? [F] : never) =>
    [...familyLines(family, OPEN_METRICS)].join("");

  it("names a counter without _total before its samples, and escapes quotes in its help", () => {
    const metric = { type: "counter", help: 'What "rises"' } as const;
    expect(textOf({ name: "volgate_x_total", metric, samples: [{ labels: {}, value: 2 }] })).toBe(
      '# TYPE volgate_x counter\n# HELP volgate_x What \\"rises\\"\nvolgate_x_total 2\n',
    );
  });

  it("has a unit for a metric that is named after one", () => {
    const gauge = { type: "gauge", help: "h" } as const;
    const samples = [{ labels: {}, value: 1 }];
    expect(textOf({ name: "volgate_lag_seconds", metric: gauge, samples })).toContain(
      "# UNIT volgate_lag_seconds seconds\n",
    );
    const counter = { type: "counter", help: "h" } as const;
    expect(textOf({ name: "volgate_in_bytes_total", metric: counter, samples })).toContain(
      "# UNIT volgate_in_bytes bytes\n",
    );
    expect(textOf({ name: "volgate_symbols", metric: gauge, samples })).not.toContain("UNIT");
  });

  it("writes the bound of a bucket with a fraction", () => {
    expect([0.0005, 0.1, 1, 15, Infinity].map(boundText)).toEqual(["0.0005", "0.1", "1.0", "15.0", "+Inf"]);
  });
});
