// `npm run bench:ingest`: durable ticks per second on bare workerd; the other worker is floor/worker.js.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { decimal, listOf, wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { benchCommand } from "./bench-command.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { HttpConnection } from "./http-connection.ts";
import { drain, requestsOf, sendOne } from "./ingest-load.ts";

interface Load {
  readonly batch: number;
  readonly seconds: number;
}

const INGEST = benchCommand(
  "ingest",
  `
Durable ticks per second on bare workerd: batches over loopback, features, scoring by four models and labels included,
in turn with a worker that does nothing but store.`,
  {
    seconds: option(decimal(0.1, 3600, "S"), "how long each round sends", { default: "4" }),
    rounds: option(wholeNumber(1, 1000), "rounds of each, in turn", { default: "3" }),
    // Batches are cut from an hour of simulated market, some 9,000 ticks.
    batch: option(wholeNumber(1, 2000), "ticks in a request", { default: "100" }),
    symbols: option(listOf(wholeNumber(1, 1000)), "how many symbols send at once, one connection each", {
      default: "1,4,8",
    }),
  },
);

export const program: Program = {
  command: INGEST,
  run: async (args) => {
    const { batch, seconds, rounds, symbols: symbolCounts } = parseCommandLine(INGEST, args).values;
    const load: Load = { batch, seconds };
    const dir = temporaryFolder("volgate-bench-");
    const bundles = { gateway: join(dir, "gateway"), floor: join(dir, "floor") } as const;
    await bundleWorker(bundles.gateway);
    mkdirSync(bundles.floor);
    copyFileSync(join(import.meta.dirname, "floor", "worker.js"), join(bundles.floor, "worker.js"));
    for (const count of symbolCounts) {
      const rates = { gateway: [] as number[], floor: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        for (const which of ["gateway", "floor"] as const) {
          rates[which].push(await run(bundles[which], mkdtempSync(join(dir, "state-")), count, load));
        }
      }
      const ratios = rates.gateway.map((rate, i) => rate / rates.floor[i]!);
      const [gateway, floor] = [median(rates.gateway), median(rates.floor)];
      console.log(
        `${count} symbol(s), one connection each, batches of ${load.batch}, median of ${rounds}: ${Math.round(gateway)} durable ` +
          `ticks/s; floor ${Math.round(floor)}; share of the floor ${median(ratios).toFixed(2)}`,
      );
    }
    return EXIT.done;
  },
};

/** Ticks per second of one server over the load's seconds. The state folder is removed. */
async function run(bundle: string, state: string, symbolCount: number, { batch, seconds }: Load): Promise<number> {
  const server = await BareWorkerd.prepare(bundle, state);
  const url = new URL(server.url);
  const queues = Array.from({ length: symbolCount }, (_, i) => requestsOf(`SIM${i}-USD`, i + 1, url, batch));
  try {
    await server.start();
    // The first batches create the symbols and load the models: not measured.
    for (const queue of queues) {
      const connection = await HttpConnection.open(url);
      for (let i = 0; i < 40; i++) await sendOne(connection, queue.next().value);
      connection.close();
    }
    const startedAt = performance.now();
    const counts = await Promise.all(queues.map((queue) => drain(url, queue, startedAt + seconds * 1000)));
    const batches = counts.reduce((sum, n) => sum + n, 0);
    return (batches * batch * 1000) / (performance.now() - startedAt);
  } finally {
    await server.kill();
    if (server.errorOutput !== "") console.error(server.errorOutput);
    rmSync(state, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
