// npm run bench:predict — GET /predict on bare workerd at 1 and at 8 connections while ticks come in: requests per second
// and latency percentiles.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { simulateTicks } from "../feeds/simulator.ts";
import { tickJson } from "../feeds/tick-json.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    connections: { type: "string", default: "1,8" },
    "ticks-per-second": { type: "string", default: "400" },
  },
});
const SECONDS = Number(values.seconds);
const TICKS_PER_SECOND = Number(values["ticks-per-second"]);
const symbol = "SIM-USD";
const dir = mkdtempSync(join(tmpdir(), "volgate-bench-"));
await bundleWorker(join(dir, "bundle"));
const server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"));
const url = new URL(server.url);
const fromMs = Date.parse("2025-01-01T00:00:00Z");
const market = simulateTicks({ seed: 1, symbol, fromMs, toMs: Infinity });

try {
  await server.start();
  const feed = await HttpConnection.open(url);
  for (let i = 0; i < 60; i++) await ingest(feed, 200);
  for (const count of values.connections.split(",").map(Number)) await run(count, feed);
  feed.close();
} finally {
  await server.kill();
  if (server.errorOutput !== "") console.error(server.errorOutput);
  rmSync(dir, { recursive: true, force: true });
}

async function run(count: number, feed: HttpConnection): Promise<void> {
  const request = rawRequest("GET", url, `/predict?symbol=${symbol}`);
  const connections = await Promise.all(Array.from({ length: count }, () => HttpConnection.open(url)));
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + SECONDS * 1000;
  const feeding = keepFeeding(feed, endAt);
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < endAt) {
        const sentAt = performance.now();
        const { status, body } = await connection.send(request);
        latencies.push(performance.now() - sentAt);
        if (status !== 200 || !body.includes('"probability":0.')) throw new Error(`GET /predict: ${status} ${body}`);
      }
      connection.close();
    }),
  );
  const ticks = await feeding;
  const seconds = (performance.now() - startedAt) / 1000;
  latencies.sort((a, b) => a - b);
  const percentile = (p: number): string =>
    latencies[Math.min(latencies.length - 1, Math.floor(p * latencies.length))]!.toFixed(2);
  console.log(
    `${count} connection(s): ${Math.round(latencies.length / seconds)} requests/s, p50 ${percentile(0.5)} ms, ` +
      `p95 ${percentile(0.95)} ms, p99 ${percentile(0.99)} ms, under ${Math.round(ticks / seconds)} ticks/s of ingest`,
  );
}

/** Batches of 20 ticks at the asked rate until the end. */
async function keepFeeding(feed: HttpConnection, endAt: number): Promise<number> {
  let ticks = 0;
  const startedAt = performance.now();
  while (performance.now() < endAt) {
    await ingest(feed, 20);
    ticks += 20;
    const dueAt = startedAt + (ticks / TICKS_PER_SECOND) * 1000;
    await new Promise((done) => setTimeout(done, Math.max(0, dueAt - performance.now())));
  }
  return ticks;
}

async function ingest(feed: HttpConnection, count: number): Promise<void> {
  const batch = Array.from({ length: count }, () => tickJson(market.next().value!));
  const { status, body } = await feed.send(rawRequest("POST", url, "/ingest", JSON.stringify(batch)));
  if (status !== 200) throw new Error(`POST /ingest: ${status} ${body.slice(0, 300)}`);
}
