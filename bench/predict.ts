// `npm run bench:predict`: GET /predict on bare workerd.
import { join } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { decimal, listOf, wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { tickJson } from "../gateway-client/tick-json.ts";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { benchCommand } from "./bench-command.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";

const SYMBOL = "SIM-USD";
const MARKET_FROM_MS = Date.parse("2025-01-01T00:00:00Z");
const market = simulateTicks({ seed: 1, symbol: SYMBOL, fromMs: MARKET_FROM_MS, toMs: Infinity });

interface Load {
  readonly seconds: number;
  readonly ticksPerSecond: number;
}

const PREDICT = benchCommand(
  "predict",
  "GET /predict on bare workerd while ticks come in: requests per second and latency percentiles.",
  {
    seconds: option(decimal(0.1, 3600, "S"), "how long each round asks", { default: "8" }),
    connections: option(listOf(wholeNumber(1, 1000)), "how many connections ask at once", { default: "1,8" }),
    "ticks-per-second": option(wholeNumber(1, 1_000_000), "ticks that come in meanwhile", { default: "400" }),
  },
);

export const program: Program = {
  command: PREDICT,
  run: async (args) => {
    const { values } = parseCommandLine(PREDICT, args);
    const load: Load = { seconds: values.seconds, ticksPerSecond: values["ticks-per-second"] };
    const connectionCounts = values.connections;
    const dir = temporaryFolder("volgate-bench-");
    await bundleWorker(join(dir, "bundle"));
    const server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"));
    const url = new URL(server.url);
    try {
      await server.start();
      const feed = await HttpConnection.open(url);
      for (let i = 0; i < 60; i++) await ingest(url, feed, 200);
      for (const count of connectionCounts) await run(url, feed, count, load);
      feed.close();
    } finally {
      await server.kill();
      if (server.errorOutput !== "") console.error(server.errorOutput);
    }
    return EXIT.done;
  },
};

async function run(url: URL, feed: HttpConnection, count: number, load: Load): Promise<void> {
  const request = rawRequest("GET", url, `/predict?symbol=${SYMBOL}`);
  const connections = await Promise.all(Array.from({ length: count }, () => HttpConnection.open(url)));
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endAt = startedAt + load.seconds * 1000;
  const feeding = keepFeeding(url, feed, load.ticksPerSecond, endAt);
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
async function keepFeeding(url: URL, feed: HttpConnection, ticksPerSecond: number, endAt: number): Promise<number> {
  let ticks = 0;
  const startedAt = performance.now();
  while (performance.now() < endAt) {
    await ingest(url, feed, 20);
    ticks += 20;
    const dueAt = startedAt + (ticks / ticksPerSecond) * 1000;
    await new Promise((done) => setTimeout(done, Math.max(0, dueAt - performance.now())));
  }
  return ticks;
}

async function ingest(url: URL, feed: HttpConnection, count: number): Promise<void> {
  const batch = Array.from({ length: count }, () => tickJson(market.next().value!));
  const { status, body } = await feed.send(rawRequest("POST", url, "/ingest", JSON.stringify(batch)));
  if (status !== 200) throw new Error(`POST /ingest: ${status} ${body.slice(0, 300)}`);
}
