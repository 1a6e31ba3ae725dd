import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type LogFields, recordLog } from "../../src/log.ts";
import { parseExposition } from "./exposition-parser.ts";
import { fetchJson, ingest, rise, sqlOf, stubOf } from "./gateway.ts";
import { tick } from "./market.ts";

beforeAll(async () => {
  await ingest([tick("F-GOOD", 0), tick("F-GOOD", 1), tick("F-DOWN", 0), tick("F-HALF", 0), tick("F-HALF", 1)]);
});

const broken = (): Promise<never> => Promise.reject(new Error("broken"));

/** Every sample of a scrape of one symbol, and what was logged meanwhile. */
async function scrapeLogged(symbol: string) {
  const logged: LogFields[] = [];
  recordLog((level, event, fields) => logged.push({ level, event, ...fields }));
  onTestFinished(() => recordLog());
  const { status, body } = await fetchJson("/metrics");
  expect(status).toBe(200);
  const families = parseExposition(body as string);
  const samples = [...families.values()].flatMap(({ series }) =>
    series.filter(({ labels }) => labels["symbol"] === symbol),
  );
  return { samples, logged, families };
}

describe("a scrape", () => {
  it("shows a symbol whose object fails as down, logs it, and keeps every other symbol", async () => {
    await runInDurableObject(stubOf("F-DOWN"), (instance) => void (instance.reader.summary = broken));
    onTestFinished(() => evictDurableObject(stubOf("F-DOWN")));
    const { samples, logged, families } = await scrapeLogged("F-DOWN");
    expect(samples).toEqual([{ name: "volgate_symbol_up", labels: { symbol: "F-DOWN" }, value: 0 }]);
    expect(logged).toEqual([
      { level: "error", event: "metrics_symbol_failed", symbol: "F-DOWN", error: "Error: broken" },
    ]);
    const up = families.get("volgate_symbol_up")!.series;
    expect(up).toContainEqual({ name: "volgate_symbol_up", labels: { symbol: "F-GOOD" }, value: 1 });
  });

  it("loses only quality and drift of a symbol in which they fail, and logs it", async () => {
    await runInDurableObject(stubOf("F-HALF"), (instance) => void (instance.qualityReader.figures = broken));
    onTestFinished(() => evictDurableObject(stubOf("F-HALF")));
    const { samples, logged } = await scrapeLogged("F-HALF");
    const names = samples.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["volgate_symbol_up", "volgate_ticks_total", "volgate_batches_total"]),
    );
    expect(names).not.toContain("volgate_labels_total");
    expect(samples.find(({ name }) => name === "volgate_symbol_up")!.value).toBe(1);
    expect(logged).toContainEqual({
      level: "error",
      event: "metrics_figures_failed",
      symbol: "F-HALF",
      error: "Error: broken",
    });
  });

  it("says that the alerts object did not answer, and has no alert metric then", async () => {
    const alerts = env.ALERTS.get(env.ALERTS.idFromName("alerts"));
    const value = async (name: string) => (await scrapeLogged("")).families.get(name)?.series.map(({ value: n }) => n);
    expect(await value("volgate_alerts_up")).toEqual([1]);
    await runInDurableObject(alerts, (_, { storage }) => void storage.sql.exec("DROP TABLE outcomes"));
    onTestFinished(() => evictDurableObject(alerts));
    const { families, logged } = await scrapeLogged("");
    expect(families.get("volgate_alerts_up")!.series).toEqual([{ name: "volgate_alerts_up", labels: {}, value: 0 }]);
    expect(families.has("volgate_webhook_waiting")).toBe(false);
    expect(logged.map(({ event }) => event)).toContain("metrics_alerts_failed");
  });

  it("has the gateway's own metrics in the first shard only", async () => {
    const has = async (shard: string) =>
      ((await fetchJson(`/metrics?shard=${shard}`)).body as string).includes("\nvolgate_alerts_up ");
    expect([await has("0/2"), await has("1/2")]).toEqual([true, false]);
  });
});

describe("counters after a failure", () => {
  it("count a refused request by its route's pattern and status", async () => {
    const cases = [
      [{ method: "GET", endpoint: "/symbols/:symbol", status: "404" }, () => fetchJson("/symbols/F-NOBODY")],
      [{ method: "GET", endpoint: "/predict", status: "400" }, () => fetchJson("/predict?symbol=a%20b")],
      [
        { method: "POST", endpoint: "/ingest", status: "400" },
        () => fetchJson("/ingest", { method: "POST", body: "{" }),
      ],
      [{ method: "OTHER", endpoint: "unmatched", status: "404" }, () => fetchJson("/nowhere", { method: "PROPFIND" })],
    ] as const;
    for (const [labels, work] of cases)
      expect(await rise("http_requests_total", labels, work), labels.endpoint).toBe(1);
  });

  it("count each refused tick by its reason, beside what was accepted", async () => {
    const work = () =>
      ingest([{ ...tick("F-MIX", 0), price: -1 }, { symbol: "F-MIX", ts: "x", price: 1 }, tick("F-MIX", 0)]);
    for (const reason of ["price_not_positive", "ts_malformed"]) {
      expect(await rise("volgate_ticks_rejected_total", { reason }, work), reason).toBe(1);
    }
    expect(await rise("volgate_ticks_total", { symbol: "F-MIX", outcome: "duplicate" }, work)).toBe(1);
  });

  it("count a symbol's batch that failed, and nothing of it as accepted", async () => {
    await ingest(tick("F-BATCH", 0));
    await sqlOf("F-BATCH", "DROP TABLE slots");
    const work = async () => expect((await ingest(tick("F-BATCH", 5))).status).toBeGreaterThanOrEqual(500);
    expect(await rise("volgate_ingest_failures_total", {}, work)).toBe(1);
    expect(await rise("volgate_ticks_total", { symbol: "F-BATCH", outcome: "accepted" }, work)).toBe(0);
  });
});
