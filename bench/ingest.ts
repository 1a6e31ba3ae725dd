// `npm run bench -- ingest`: durable ticks per second on bare workerd; the floor is floor/worker.js.
import { option } from "../command-line/option.ts";
import { decimal, listOf, wholeNumber } from "../command-line/value-types.ts";
import { benchCommand } from "./bench-command.ts";
import { type Bench, CORE_OPTIONS } from "./core/bench.ts";
import { benchProgram } from "./core/bench-program.ts";
import { measureUse } from "./core/process-use.ts";
import { floorBundle, gatewayBundle, type GatewayBundle, withServer } from "./gateway-bundles.ts";
import { HttpConnection } from "./http-connection.ts";
import { drain, requestsOf, sendOne } from "./ingest-load.ts";

const INGEST = benchCommand(
  "ingest",
  `
Durable ticks per second on bare workerd: batches over loopback, features, scoring by five models, quality, drift and
labels included, in turn with a worker that does nothing but store.`,
  {
    seconds: option(decimal(0.1, 3600, "S"), "how long each round sends", { default: "4" }),
    // Batches are cut from an hour of simulated market, some 9,000 ticks.
    batch: option(wholeNumber(1, 2000), "ticks in a request", { default: "100" }),
    symbols: option(listOf(wholeNumber(1, 1000)), "how many symbols send at once, one connection each", {
      default: "1,4,8",
    }),
    ...CORE_OPTIONS,
  },
);

/** The first hour of each symbol makes it, fills its windows and loads the models: not measured. */
const WARM_TICKS = 10_000;

type Measured = "durable ticks" | "processor time" | "resident memory";
type Case = { readonly label: string; readonly symbols: number };
type Bundles = { readonly gateway: GatewayBundle; readonly floor: GatewayBundle };

export const bench: Bench<typeof INGEST.options, Measured, Case, Bundles> = {
  command: INGEST,
  measures: {
    "durable ticks": { unit: "ticks/s", better: "more", digits: 0 },
    "processor time": { unit: "µs a tick", better: "less", digits: 2 },
    "resident memory": { unit: "MiB", better: "less", digits: 0 },
  },
  ways: [{ name: "gateway" }, { name: "floor", isFloor: true }],
  ratios: [
    { measure: "durable ticks", of: "gateway", to: "floor" },
    { measure: "processor time", of: "gateway", to: "floor" },
  ],
  goals: [
    {
      ...{ text: "durable ticks/s with 4 symbols", case: labelOf(4), measure: "durable ticks", way: "gateway" },
      ...{ side: "at least", bound: 100_000 },
    },
    {
      ...{ text: "its share of the floor", case: labelOf(4), measure: "durable ticks", way: "gateway", to: "floor" },
      ...{ side: "at least", bound: 0.7 },
    },
  ],
  cases: ({ values }) => values.symbols.map((symbols) => ({ label: labelOf(symbols), symbols })),
  prepare: async (subject) => {
    const gateway = await gatewayBundle(subject);
    return { gateway, floor: floorBundle(subject, gateway, "worker.js") };
  },
  measure: async ({ case: { symbols }, way, prepared, folder }, { values: { batch, seconds } }) =>
    await withServer(prepared[way as keyof Bundles], folder, async (server) => {
      const url = new URL(server.url);
      const queues = Array.from({ length: symbols }, (_, i) => requestsOf(`SIM${i}-USD`, i + 1, url, batch));
      for (const queue of queues) await warm(url, queue, Math.ceil(WARM_TICKS / batch));
      const startedAt = performance.now();
      const { result, use } = await measureUse(server.pid!, () =>
        Promise.all(queues.map((queue) => drain(url, queue, startedAt + seconds * 1000))),
      );
      const ticks = result.reduce((sum, batches) => sum + batches, 0) * batch;
      return {
        "durable ticks": (ticks * 1000) / (performance.now() - startedAt),
        "processor time": (use.cpuMs * 1000) / ticks,
        "resident memory": use.residentMib,
      };
    }),
};

export const program = benchProgram(bench);

async function warm(url: URL, queue: Generator<Buffer>, batches: number): Promise<void> {
  const connection = await HttpConnection.open(url);
  for (let i = 0; i < batches; i++) await sendOne(connection, queue.next().value as Buffer);
  connection.close();
}

function labelOf(symbols: number): string {
  return symbols === 1 ? "1 symbol" : `${symbols} symbols`;
}
