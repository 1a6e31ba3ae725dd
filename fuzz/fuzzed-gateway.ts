// A gateway of its own on bare workerd for the targets that need one: it can reach no venue.
import { join } from "node:path";
import { BareWorkerd, bundleWorker } from "../bench/bare-workerd.ts";
import { memoryOf } from "../bench/process-memory.ts";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { FEED_VENUES } from "../src/markets/feed/venue-protocol.ts";
import { demand } from "./fuzz-target.ts";

/** Nothing listens there, and workerd calls no private address by itself. */
const NOWHERE = "127.0.0.1:9";
const MOST_GROWN_BYTES = 512 * 1024 * 1024;

export interface FuzzedGateway {
  readonly url: URL;
  /** Ends it. Throws `FuzzFinding` when it does not live any more, or has grown without end. */
  close(): Promise<void>;
}

/** A gateway in development, so that every route may be called, with some minutes of ticks in it. */
export async function startFuzzedGateway(): Promise<FuzzedGateway> {
  const folder = temporaryFolder("volgate-fuzz-");
  await bundleWorker(join(folder, "bundle"));
  const endpoints = FEED_VENUES.map((venue) => [venue, { stream: `ws://${NOWHERE}`, rest: `http://${NOWHERE}` }]);
  const server = await BareWorkerd.prepare(join(folder, "bundle"), join(folder, "state"), {
    ENVIRONMENT: "development",
    MAX_SYMBOLS: "20",
    VENUE_ENDPOINTS: JSON.stringify(Object.fromEntries(endpoints)),
  });
  await server.start();
  const url = new URL(server.url);
  const nowMs = Date.now();
  const ticks = Array.from({ length: 1_500 }, (_, i) => {
    return {
      symbol: "BTC-USD",
      ts: nowMs - (1_500 - i) * 1_000,
      price: 89_000 + 40 * Math.sin(i / 7) + ((i * 7_919) % 31),
    };
  });
  await fetch(new URL("/ingest", url), { method: "POST", body: JSON.stringify(ticks) });
  const startBytes = memoryOf(server.pid!, "VmRSS");
  return {
    url,
    close: async () => {
      const answer = await fetch(new URL("/health/live", url)).catch(() => undefined);
      const grownBytes = memoryOf(server.pid!, "VmRSS") - startBytes;
      const errors = server.errorOutput;
      await server.kill();
      demand(answer?.status === 200, () => `the gateway lives no more: ${errors.slice(-2_000)}`);
      demand(grownBytes < MOST_GROWN_BYTES, () => `the gateway grew by ${Math.round(grownBytes / 2 ** 20)} MiB`);
    },
  };
}
