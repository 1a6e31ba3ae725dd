import { evictDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { type ParsedFamily, parseExposition } from "./exposition-parser.ts";
import { fetchJson, ingest, ingestAs, postJson, stubOf } from "./gateway.ts";
import { WARM_TICKS, market, tick } from "./market.ts";

async function scrape(query = ""): Promise<ReadonlyMap<string, ParsedFamily>> {
  const { status, headers, body } = await fetchJson(`/metrics${query}`);
  expect(status).toBe(200);
  expect(headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return parseExposition(body as string);
}

const symbolsOf = (families: ReadonlyMap<string, ParsedFamily>) =>
  (families.get("volgate_symbol_up")?.series ?? []).map(({ labels }) => labels["symbol"]!);

async function useEverything(): Promise<void> {
  await ingest([...market("M-WARM", WARM_TICKS), tick("M.COLD:X-1", 0), { symbol: "M-WARM" }, "x"]);
  await ingestAs("p", 1, tick("M-COLD", 0));
  await ingestAs("p", 1, tick("M-COLD", 0));
  await fetchJson("/predict?symbol=M-WARM");
  await postJson("/predict", { rows: [{ ret_mean: 0, ret_std: 0, n: 1 }] });
  await fetchJson("/predict?symbol=M-NOBODY");
  await fetchJson("/symbols/M-WARM");
  await fetchJson("/symbols/a%22b%0Ac");
  await fetchJson("/admin/aliases/emperor", { method: "DELETE" });
  await fetchJson("/health");
}

beforeAll(useEverything);

describe("GET /metrics", () => {
  it("is text that a strict reader understands: one HELP and TYPE per family, no series twice", async () => {
    const families = await scrape();
    for (const name of [
      "http_requests_total",
      "prediction_latency_seconds",
      "predictions_total",
      "model_loaded",
      "prediction_score",
      "last_prediction_timestamp",
      "volgate_ticks_total",
      "volgate_ticks_rejected_total",
      "volgate_redelivered_ticks_total",
    ]) {
      expect(families.get(name)?.series.length, name).toBeGreaterThan(0);
    }
    for (const [name, { type, series }] of families) {
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      for (const { value } of series) expect(Number.isFinite(value), name).toBe(true);
    }
  });

  it("has a histogram whose buckets rise to its count", async () => {
    const { series } = (await scrape()).get("prediction_latency_seconds")!;
    const buckets = series.filter(({ name }) => name.endsWith("_bucket"));
    const bounds = buckets.map(({ labels }) => Number(labels["le"]!.replace("+Inf", "Infinity")));
    expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    expect(bounds.at(-1)).toBe(Infinity);
    const values = buckets.map(({ value }) => value);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.at(-1)).toBe(series.find(({ name }) => name.endsWith("_count"))!.value);
    expect(values.at(-1)).toBeGreaterThan(0);
  });

  it("has counters that only rise", async () => {
    const before = await scrape();
    await useEverything();
    const after = await scrape();
    for (const [name, { type, series }] of before) {
      if (type === "gauge") continue;
      for (const { name: sample, labels, value } of series) {
        const same = after
          .get(name)!
          .series.find((s) => s.name === sample && JSON.stringify(s.labels) === JSON.stringify(labels));
        expect(same?.value, `${sample} ${JSON.stringify(labels)}`).toBeGreaterThanOrEqual(value);
      }
    }
  });

  it("has labels that no request can invent", async () => {
    const paths = [
      "/no/such/path/1",
      "/symbols/A/b",
      "/predict/A",
      "/admin/zzz",
      "/admin/aliases/zzz",
      "/%F0%9F%92%A9",
    ];
    for (const path of paths) {
      for (const method of ["GET", "POST", "PROPFIND", "PATCH"]) await fetchJson(path, { method });
    }
    const { series } = (await scrape()).get("http_requests_total")!;
    const endpoints = new Set(series.map(({ labels }) => labels["endpoint"]));
    const known = [
      "unmatched",
      "/predict",
      "/predict/*",
      "/ingest",
      "/symbols",
      "/symbols/*",
      "/symbols/:symbol",
      "/health",
      "/version",
      "/metrics",
      "/admin/*",
      "/admin/aliases",
      "/admin/aliases/:alias",
    ];
    expect(known).toEqual(expect.arrayContaining([...endpoints]));
    const methods = new Set(series.map(({ labels }) => labels["method"]));
    expect([...methods].every((method) => /^(GET|POST|PUT|DELETE|PATCH|OTHER)$/.test(method!))).toBe(true);
    for (const { labels } of series) expect(labels["status"]).toMatch(/^[2345]\d\d$/);
  });

  it("partitions the symbols by shard=i/n", async () => {
    await ingest(Array.from({ length: 20 }, (_, k) => tick(`SHARD-${k}`, 0)));
    const all = symbolsOf(await scrape());
    for (const n of [1, 2, 3, 50]) {
      const parts: string[] = [];
      for (let i = 0; i < n; i++) parts.push(...symbolsOf(await scrape(`?shard=${i}/${n}`)));
      expect(parts.sort()).toEqual([...all].sort());
    }
    expect(symbolsOf(await scrape("?shard=0/2")).length).toBe(Math.ceil(all.length / 2));
  });

  it("refuses a malformed shard", async () => {
    for (const shard of ["", "1", "2/2", "-1/2", "0/0", "a/b", "1.5/2", "0/2/3"]) {
      const { status, body } = await fetchJson(`/metrics?shard=${encodeURIComponent(shard)}`);
      expect(status, shard).toBe(400);
      expect(body.code).toBe("shard_malformed");
    }
  });

  it("keeps exact totals over evictions, and says which of its counts do not", async () => {
    const value = async (name: string) =>
      (await scrape()).get(name)!.series.filter(({ labels }) => labels["symbol"] === "M-EVICT");
    const batch = [tick("M-EVICT", 0), tick("M-EVICT", 0), tick("M-EVICT", 5), tick("M-EVICT", 1)];
    for (let delivery = 0; delivery < 2; delivery++) await ingestAs("p", 1, batch);
    const ticks = await value("volgate_ticks_total");
    expect(Object.fromEntries(ticks.map(({ labels, value: n }) => [labels["outcome"], n]))).toEqual({
      accepted: 2,
      duplicate: 1,
      late: 1,
      outlier: 0,
      price_outlier: 0,
    });
    expect(await value("volgate_redelivered_ticks_total")).toMatchObject([{ value: 4 }]);
    await evictDurableObject(stubOf("M-EVICT"));
    expect(await value("volgate_ticks_total")).toEqual(ticks);
    expect(await value("volgate_batches_total")).toMatchObject([{ value: 1 }]);
    expect(await value("volgate_redelivered_ticks_total")).toMatchObject([{ value: 0 }]);
  });
});
