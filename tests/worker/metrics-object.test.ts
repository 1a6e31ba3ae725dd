import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, onTestFinished } from "vitest";
import { readCountFigures } from "../../src/clients/metrics.ts";
import type { CountBatch } from "../../src/counting/series-count.ts";
import { recordLog } from "../../src/log.ts";
import type { Env } from "../../src/settings.ts";
import { parseExposition } from "./exposition-parser.ts";
import { fetchJson, fetchWith, ingest, metric, rise, stubOf } from "./gateway.ts";
import { market, tick } from "./market.ts";

/** One object for each test. */
const objectOf = (name: string) => env.METRICS.get(env.METRICS.idFromName(name));
const batch = (seq: number, by: number): CountBatch => ({
  seq,
  series: [{ name: "volgate_log_events_total", labels: { level: "error" }, values: [by] }],
});

async function shown(name: string): Promise<number | undefined> {
  const { text } = await objectOf(name).exchange("reader", []);
  const { series } = JSON.parse(text) as { series: { values: number[] }[] };
  return series[0]?.values[0];
}

describe("the metrics object", () => {
  it("confirms a batch once it is stored, and has it after an eviction, once", async () => {
    const object = objectOf("stored");
    expect(await object.report("a", [batch(1, 5)])).toBe(1);
    // Not yet: the last write is no five seconds ago.
    expect(await object.report("a", [batch(2, 3)])).toBe(1);
    await evictDurableObject(object);
    expect(await shown("stored")).toBe(5);
    expect(await objectOf("stored").report("a", [batch(2, 3)])).toBe(2);
    expect(await objectOf("stored").report("a", [batch(1, 5), batch(2, 3)])).toBe(2);
    expect(await shown("stored")).toBe(8);
  });

  it("stores a batch that nobody sends again within five seconds", async () => {
    const object = objectOf("quiet");
    expect(await object.report("a", [batch(1, 5)])).toBe(1);
    expect(await object.report("b", [batch(1, 3)])).toBe(0);
    await new Promise((done) => setTimeout(done, 5_500));
    await evictDurableObject(object);
    expect(await shown("quiet")).toBe(8);
  });

  it("shows what is stored alone while the disk is full, and loses nothing", async () => {
    const object = objectOf("full");
    expect((await object.exchange("a", [batch(1, 5)])).lastSeq).toBe(1);
    const events: string[] = [];
    recordLog((_, event) => events.push(event));
    onTestFinished(() => recordLog());
    await runInDurableObject(object, (_, { storage }) => {
      storage.kv.put = () => {
        throw new Error("disk full");
      };
    });
    expect((await object.exchange("a", [batch(2, 3)])).lastSeq).toBe(1);
    expect(await shown("full")).toBe(5);
    expect(events).toContain("metrics_sums_not_stored");
    await evictDurableObject(object);
    expect((await objectOf("full").exchange("a", [batch(2, 3)])).lastSeq).toBe(2);
    expect(await shown("full")).toBe(8);
  });

  it("refuses batches that it cannot read, whole", async () => {
    const object = objectOf("strict");
    const broken = { seq: 2, series: [{ name: "x", labels: {}, values: [-1] }] };
    await runInDurableObject(object, (instance) => {
      expect(() => instance.report("a", [batch(1, 5), broken])).toThrow("batches[1].series[0].values[0]");
    });
    expect(await shown("strict")).toBeUndefined();
  });
});

describe("a scrape", () => {
  it("says that the metrics object did not answer, has no sum then, and goes on from the old ones", async () => {
    await fetchJson("/version");
    const before = await metric("http_requests_total", { endpoint: "/version" });
    expect(before).toBeGreaterThanOrEqual(1);
    const events: string[] = [];
    recordLog((_, event) => events.push(event));
    onTestFinished(() => recordLog());
    const away = { exchange: () => Promise.reject(new Error("away")), report: () => Promise.reject(new Error("away")) };
    const METRICS = { idFromName: () => "x", get: () => away } as unknown as Env["METRICS"];
    await fetchWith({ METRICS }, "/version");
    const families = parseExposition((await fetchWith({ METRICS }, "/metrics")).body as string);
    expect(families.get("volgate_metrics_up")!.series).toMatchObject([{ value: 0 }]);
    expect(families.has("http_requests_total")).toBe(false);
    expect(families.has("volgate_metrics_since_timestamp_seconds")).toBe(false);
    expect(families.has("model_loaded")).toBe(true);
    expect(events).toContain("metrics_counts_failed");
    expect(await metric("volgate_metrics_up")).toBe(1);
    expect(await metric("http_requests_total", { endpoint: "/version" })).toBe(before + 1);
  });

  it("has the figures of what was answered, for whoever shows them", async () => {
    await ingest(market("C-FIGURES", 60));
    const before = await readCountFigures(env);
    await fetchJson("/predict?symbol=C-FIGURES");
    await fetchJson("/predict?symbol=C-FIGURES");
    const after = await readCountFigures(env);
    const of = { endpoint: "/predict", status: "200" };
    expect(after.total("http_requests_total", of) - before.total("http_requests_total", of)).toBe(2);
    const latency = after.histogram("prediction_latency_seconds");
    expect(latency.count - before.histogram("prediction_latency_seconds").count).toBe(2);
    expect(latency.p50).not.toBeNull();
    expect(after.sinceMs).toBeLessThanOrEqual(Date.now());
  });

  it("is OpenMetrics to its end for a scraper that prefers it", async () => {
    const { headers, body } = await fetchJson("/metrics", {
      headers: { Accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5" },
    });
    expect(headers.get("Content-Type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    expect(headers.get("Vary")).toContain("Accept");
    expect(body).toMatch(/^# TYPE http_requests counter$/m);
    expect(body).toMatch(/\n# EOF\n$/);
  });
});

describe("what is billed", () => {
  it("is counted: rows of an object, its calls, its alarms, and operations on the bucket", async () => {
    await ingest(market("C-ONE", 60));
    const object = { object: "symbol" };
    expect(await rise("volgate_rows_written_total", object, () => ingest(tick("C-ONE", 61)))).toBeGreaterThanOrEqual(1);
    // The tick's, and those of the scrape before.
    const calls = 1 + (await metric("volgate_symbol_up"));
    expect(await rise("volgate_object_requests_total", object, () => ingest(tick("C-ONE", 62)))).toBe(calls);
    expect(await rise("volgate_object_latency_seconds_count", object, () => ingest(tick("C-ONE", 63)))).toBe(calls);
    expect(await rise("volgate_alarm_runs_total", object, () => runDurableObjectAlarm(stubOf("C-ONE")))).toBe(1);
    const listed = { class: "A", operation: "list" };
    expect(await rise("volgate_r2_operations_total", listed, () => fetchJson("/reports"))).toBe(1);
  });

  it("and lines of the log are", async () => {
    recordLog(() => undefined);
    onTestFinished(() => recordLog());
    await ingest(tick("C-LOG", 0));
    const fail = () =>
      runInDurableObject(stubOf("C-LOG"), async (instance) => {
        instance.background.onAlarm = () => Promise.reject(new Error("broken"));
        await instance.alarm();
      });
    expect(await rise("volgate_log_events_total", { level: "error" }, fail)).toBe(1);
  });
});

describe("ticks", () => {
  it("are counted by what became of them, and the bytes that brought them", async () => {
    const sent = [
      tick("C-TICKS", 0),
      tick("C-TICKS", 0),
      tick("C-TICKS", 5),
      tick("C-TICKS", 1),
      { symbol: "C-TICKS" },
    ];
    const of = async (outcome: string) => await metric("volgate_ingest_ticks_total", { way: "http", outcome });
    const before = await Promise.all(["accepted", "duplicate", "late", "rejected"].map(of));
    const bytes = () => ingest(sent);
    expect(await rise("volgate_ingest_bytes_total", {}, bytes)).toBe(JSON.stringify(sent).length);
    const after = await Promise.all(["accepted", "duplicate", "late", "rejected"].map(of));
    expect(after.map((value, i) => value - before[i]!)).toEqual([2, 1, 1, 1]);
    const taken = { way: "http", outcome: "taken" };
    expect(await rise("volgate_ingest_batches_total", taken, () => ingest(tick("C-TICKS", 9)))).toBe(1);
  });
});

describe("the targets of a scrape", () => {
  it("are one for a few symbols, at the address that was asked", async () => {
    const { status, body } = await fetchJson("/metrics/targets");
    expect(status).toBe(200);
    expect(body).toEqual([
      {
        targets: ["volgate.test"],
        labels: { __scheme__: "https", __metrics_path__: "/metrics", __param_shard: "0/1", shard: "0" },
      },
    ]);
  });

  it("are closed where the metrics are", async () => {
    const METRICS_TOKEN = "a-token-that-is-long-enough";
    for (const path of ["/metrics", "/metrics/targets"]) {
      expect((await fetchWith({ METRICS_TOKEN }, path)).status, path).toBe(401);
      const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
      expect((await fetchWith({ METRICS_TOKEN }, path, { headers })).status, path).toBe(200);
    }
  });
});
