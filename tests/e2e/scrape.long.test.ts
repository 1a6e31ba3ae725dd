// Scrapes of a running gateway as their readers see them: promtool and Prometheus' own Python library; and counters
// over a crash.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";
import { simulateTicks } from "../../simulator/simulator.ts";
import { missingPrometheus, prometheusProgram } from "../peers/prometheus.ts";
import { missingPeers, peerPython } from "../peers/python.ts";
import { parseExposition } from "../worker/exposition-parser.ts";

/** More than one scrape takes. */
const SYMBOLS = 210;
const OPEN_METRICS = "application/openmetrics-text;version=1.0.0";

const folder = mkdtempSync(join(tmpdir(), "volgate-scrape-"));
let gateway: BareWorkerd;

beforeAll(async () => {
  await bundleWorker(join(folder, "bundle"));
  gateway = await BareWorkerd.prepare(join(folder, "bundle"), join(folder, "state"));
  await gateway.start();
  // One symbol that is warm, refused ticks, and many symbols with a tick each.
  const market = ticksOf("BTC-USD", 1_500);
  for (let at = 0; at < market.length; at += 2_000) await ingest(market.slice(at, at + 2_000));
  await ingest([{ symbol: "BTC-USD", ts: 1, price: -1 }, "x"]);
  for (let from = 1; from < SYMBOLS; from += 70) {
    const count = Math.min(70, SYMBOLS - from);
    await ingest(Array.from({ length: count }, (_, i) => ticksOf(`S-${from + i}`, 9).at(-1)!));
  }
  await fetch(`${gateway.url}/predict?symbol=BTC-USD`);
  await fetch(`${gateway.url}/predict?symbol=NOBODY`);
});

afterAll(async () => {
  await gateway.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Some seconds of market that end now. */
function ticksOf(symbol: string, seconds: number): unknown[] {
  const toMs = Date.now();
  const ticks = simulateTicks({ symbol, seed: 7, fromMs: toMs - seconds * 1000, toMs });
  return Array.from(ticks, (tick) => tickJson(tick));
}

async function ingest(ticks: readonly unknown[]): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  await (await fetch(`${gateway.url}/ingest`, { method: "POST", headers, body: JSON.stringify(ticks) })).text();
}

async function scrape(query = "", accept = "text/plain"): Promise<string> {
  const answer = await fetch(`${gateway.url}/metrics${query}`, { headers: { Accept: accept } });
  expect(answer.status).toBe(200);
  return await answer.text();
}

/** The sum of a metric's series that have these labels. */
function sumOf(text: string, name: string, labels: Record<string, string> = {}): number {
  const { series } = [...parseExposition(text).values()].reduce((a, b) => ({
    type: "",
    series: [...a.series, ...b.series],
  }));
  return series
    .filter((one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

const missing = missingPrometheus();
describe.skipIf(missing !== undefined)(`promtool${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  it("finds nothing to object to in a scrape", async () => {
    const input = await scrape();
    const { status, stdout, stderr } = spawnSync(prometheusProgram("promtool"), ["check", "metrics"], {
      input,
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});

const lacking = missingPeers(["prometheus_client"]);
describe.skipIf(lacking !== undefined)(
  `prometheus_client${lacking === undefined ? "" : ` (skipped: ${lacking})`}`,
  () => {
    type Read = [name: string, type: string, unit: string, labels: [string, string][], value: number];
    function readBy(format: "openmetrics" | "text", input: string): Read[] {
      const python = peerPython(["prometheus_client"]);
      if ("missing" in python) throw new Error(python.missing);
      const script = join(import.meta.dirname, "scrape-reader.py");
      const { stdout, stderr } = spawnSync(python.path, [script, format], {
        input,
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
      expect(stderr).toBe("");
      return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Read]));
    }

    it("reads the same series of both formats, with their units in OpenMetrics", async () => {
      const open = readBy("openmetrics", await scrape("?shard=0/40", OPEN_METRICS));
      const text = readBy("text", await scrape("?shard=0/40"));
      const keys = (read: readonly Read[]) => read.map(([name, , , labels]) => JSON.stringify([name, labels])).sort();
      expect(keys(open)).toEqual(expect.arrayContaining(keys(text)));
      expect(open.length).toBeGreaterThan(500);
      const unitOf = (name: string) => open.find(([found]) => found === name)?.[2];
      expect(unitOf("volgate_storage_bytes")).toBe("bytes");
      expect(unitOf("prediction_latency_seconds_count")).toBe("seconds");
      expect(unitOf("volgate_ingest_bytes_total")).toBe("bytes");
      expect(unitOf("volgate_batches_total")).toBe("");
    });
  },
);

describe("a gateway with more symbols than one scrape takes", () => {
  it("says how many a scrape without shard left out, and names the scrapes that have all of them", async () => {
    const unsharded = await scrape();
    expect(sumOf(unsharded, "volgate_symbols")).toBe(SYMBOLS);
    expect(sumOf(unsharded, "volgate_symbol_up")).toBe(SYMBOLS / 2);
    expect(sumOf(unsharded, "volgate_unscraped_symbols")).toBe(SYMBOLS / 2);
    const found = (await (await fetch(`${gateway.url}/metrics/targets`)).json()) as {
      readonly targets: readonly string[];
      readonly labels: Readonly<Record<string, string>>;
    }[];
    expect(found.map(({ labels }) => labels["__param_shard"])).toEqual(["0/2", "1/2"]);
    const symbols = new Set<string>();
    for (const { targets, labels } of found) {
      const address = `${labels["__scheme__"]}://${targets[0]}${labels["__metrics_path__"]}`;
      const text = await (await fetch(`${address}?shard=${labels["__param_shard"]}`)).text();
      expect(text.includes("volgate_unscraped_symbols 0\n")).toBe(labels["shard"] === "0");
      for (const { labels: own } of parseExposition(text).get("volgate_symbol_up")!.series) symbols.add(own["symbol"]!);
    }
    expect(symbols.size).toBe(SYMBOLS);
  });

  it("asks every object once for four scrapers at one moment", async () => {
    // With one symbol, which the four scrapes do not have.
    const asked = async () =>
      sumOf(await scrape("?shard=0/9999"), "volgate_object_requests_total", { object: "symbol" });
    await new Promise((done) => setTimeout(done, 5_100));
    const before = await asked();
    await Promise.all(Array.from({ length: 4 }, () => scrape("?shard=1/2")));
    await new Promise((done) => setTimeout(done, 5_100));
    const after = await asked();
    expect(after - before).toBeGreaterThanOrEqual(SYMBOLS / 2);
    expect(after - before).toBeLessThanOrEqual(SYMBOLS / 2 + 2);
  });
});

describe("the counters of a gateway that is killed", () => {
  it("do not fall, and have all that was shown before", async () => {
    const count = (text: string) => sumOf(text, "http_requests_total", { endpoint: "/version" });
    for (let i = 0; i < 7; i++) await (await fetch(`${gateway.url}/version`)).text();
    await new Promise((done) => setTimeout(done, 5_100));
    const before = await scrape();
    expect(count(before)).toBe(7);
    await gateway.kill();
    await gateway.start();
    const after = await scrape();
    expect(count(after)).toBe(7);
    for (const [name, { type, series }] of parseExposition(before)) {
      if (type === "gauge" || series.some(({ labels }) => labels["symbol"] !== undefined)) continue;
      const later = parseExposition(after).get(name)!.series;
      for (const { name: sample, labels, value } of series) {
        const same = later.find((one) => one.name === sample && JSON.stringify(one.labels) === JSON.stringify(labels));
        expect(same?.value, `${sample} ${JSON.stringify(labels)}`).toBeGreaterThanOrEqual(value);
      }
    }
    for (let i = 0; i < 3; i++) await (await fetch(`${gateway.url}/version`)).text();
    await new Promise((done) => setTimeout(done, 5_100));
    expect(count(await scrape())).toBe(10);
  });
});
