// The load of the benchmarks of ingest: batches of simulated symbols, one connection each.
import { tickJson } from "../gateway-client/tick-json.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";

/** Endless batches of one simulated symbol: an hour of market repeated with later times, ≤ 4 ticks a step. */
export function* requestsOf(symbol: string, seed: number, url: URL, size: number): Generator<Buffer> {
  const fromMs = Date.parse("2025-01-01T00:00:00Z");
  const hour = [...simulateTicks({ seed, symbol, fromMs, toMs: fromMs + 3_600_000 })];
  for (let round = 0; ; round++) {
    for (let at = 0; at + size <= hour.length; at += size) {
      const ticks = hour.slice(at, at + size).map((tick) => tickJson({ ...tick, tsMs: tick.tsMs + round * 3_600_000 }));
      yield rawRequest("POST", url, "/ingest", JSON.stringify(ticks));
    }
  }
}

/** One connection a symbol: a producer has one unacknowledged batch at a time, and ticks stay in order. */
export async function drain(url: URL, queue: Generator<Buffer>, endAt: number): Promise<number> {
  const connection = await HttpConnection.open(url);
  let batches = 0;
  while (performance.now() < endAt) {
    await sendOne(connection, queue.next().value);
    batches += 1;
  }
  connection.close();
  return batches;
}

export async function sendOne(connection: HttpConnection, request: Buffer): Promise<void> {
  const { status, body } = await connection.send(request);
  if (status !== 200) throw new Error(`POST /ingest: got ${status} ${body.slice(0, 300)}`);
}
