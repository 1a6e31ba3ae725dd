// npm run bench:ingest — durable ticks per second on bare workerd: batches of 100 over loopback, features, scoring by
// four models and labels included. Loads one symbol, then several, from separate connections.
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
    seconds: { type: "string", default: "10" },
    batch: { type: "string", default: "100" },
    symbols: { type: "string", default: "1,4,8" },
  },
});
const BATCH = Number(values.batch);
const SECONDS = Number(values.seconds);

const dir = mkdtempSync(join(tmpdir(), "volgate-bench-"));
try {
  await bundleWorker(join(dir, "bundle"));
  for (const count of values.symbols.split(",").map(Number)) await run(count);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function run(symbolCount: number): Promise<void> {
  const server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, `state-${symbolCount}`));
  const url = new URL(server.url);
  const symbols = Array.from({ length: symbolCount }, (_, i) => `SIM${i}-USD`);
  const queues = symbols.map((symbol, i) => requestsOf(symbol, i + 1, url));
  await server.start();
  try {
    // The first batches create the symbols and load the models: not measured.
    for (const queue of queues) {
      const connection = await HttpConnection.open(url);
      for (let i = 0; i < 20; i++) await sendOne(connection, queue.next().value!);
      connection.close();
    }
    const endAt = performance.now() + SECONDS * 1000;
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    const counts = await Promise.all(queues.map((queue) => drain(url, queue, endAt)));
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const batches = counts.reduce((sum, n) => sum + n, 0);
    const ticksPerSecond = (batches * BATCH) / seconds;
    console.log(
      `${symbolCount} symbol(s), ${symbolCount} connection(s), batches of ${BATCH}: ` +
        `${Math.round(batches / seconds)} batches/s, ${Math.round(ticksPerSecond)} durable ticks/s ` +
        `(load generator: ${((user + system) / 1e4 / seconds).toFixed(0)} % of a core)`,
    );
  } finally {
    await server.kill();
    if (server.errorOutput !== "") console.error(server.errorOutput);
  }
}

/** Endless batches of one simulated symbol: an hour of market repeated with later times, ≤ 4 ticks a step. */
function* requestsOf(symbol: string, seed: number, url: URL): Generator<Buffer> {
  const fromMs = Date.parse("2025-01-01T00:00:00Z");
  const hour = [...simulateTicks({ seed, symbol, fromMs, toMs: fromMs + 3_600_000 })];
  for (let round = 0; ; round++) {
    for (let at = 0; at + BATCH <= hour.length; at += BATCH) {
      const ticks = hour
        .slice(at, at + BATCH)
        .map((tick) => tickJson({ ...tick, tsMs: tick.tsMs + round * 3_600_000 }));
      yield rawRequest("POST", url, "/ingest", JSON.stringify(ticks));
    }
  }
}

/** One connection a symbol: a producer has one unacknowledged batch at a time, and ticks stay in order. */
async function drain(url: URL, queue: Generator<Buffer>, endAt: number): Promise<number> {
  const connection = await HttpConnection.open(url);
  let batches = 0;
  while (performance.now() < endAt) {
    await sendOne(connection, queue.next().value!);
    batches += 1;
  }
  connection.close();
  return batches;
}

async function sendOne(connection: HttpConnection, request: Buffer): Promise<void> {
  const { status, body } = await connection.send(request);
  if (status !== 200) throw new Error(`POST /ingest: got ${status} ${body.slice(0, 300)}`);
}
