// `npm run bench -- grids`: what further grids and horizons cost: processor time of a tick, and bytes of a symbol's
// database.
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { decimal, text, wholeNumber } from "../command-line/value-types.ts";
import { tickJson } from "../gateway-client/tick-json.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { benchCommand } from "./bench-command.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";
import { cpuMsOf } from "./process-cpu.ts";

const FROM_MS = Date.parse("2025-01-01T00:00:00Z");
/** Market of this much is sent before anything is measured: it creates the symbols and loads the models. */
const WARM_HOURS = 0.25;

const GRIDS = benchCommand(
  "grids",
  `
The same ticks to a gateway of the default grid alone, to one with further grids, and to ones with further horizons, in
turn, on bare workerd without a bucket: processor time a tick, from the request to the durable answer, with scoring,
labels and drift, and bytes of a symbol's database. Without a bucket a further horizon has no models; what it costs with
them shows the pair of the second horizon alone and with the first, which the bundled models are made for. Linux only.`,
  {
    grids: option(text("LIST"), "the further grids, as GRIDS takes them", { default: "60s" }),
    horizons: option(text("LIST"), "the horizons, as HORIZONS takes them", { default: "60s,300s,900s" }),
    symbols: option(wholeNumber(1, 100), "how many symbols, one after the other", { default: "4" }),
    hours: option(decimal(0.5, 100), "hours of market of each symbol", { default: "25" }),
    "ticks-per-second": option(decimal(0.1, 2.5), "ticks in a second of market", { default: "1" }),
    batch: option(wholeNumber(1, 2000), "ticks in a request", { default: "200" }),
    rounds: option(wholeNumber(1, 100), "rounds of each, in turn", { default: "3" }),
  },
);

interface Load {
  readonly symbols: number;
  readonly hours: number;
  readonly perSecond: number;
  readonly batch: number;
}

/** What one gateway took. */
interface Cost {
  /** Processor time, microseconds. */
  readonly usPerTick: number;
  readonly storageBytes: number;
}

/** What is compared: its name, and the variables that make it. */
type Variant = readonly [name: string, variables: Readonly<Record<string, string>>];

export const program: Program = {
  command: GRIDS,
  run: async (args) => {
    const { grids, horizons, rounds, "ticks-per-second": perSecond, ...rest } = parseCommandLine(GRIDS, args).values;
    const load: Load = { ...rest, perSecond };
    const dir = temporaryFolder("volgate-bench-");
    await bundleWorker(join(dir, "bundle"));
    const variants = variantsOf(grids, horizons.split(","));
    const costs = variants.map((): Cost[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, [name, variables]] of variants.entries()) {
        costs[i]!.push(await run(dir, variables, load));
        console.log(`round ${round + 1}: ${name}: ${line(costs[i]!.at(-1)!)}`);
      }
    }
    console.log(
      `${load.symbols} symbols, ${load.hours} h of ${perSecond} ticks/s, batches of ${load.batch}, medians of ${rounds}:`,
    );
    variants.forEach(([name], i) => console.log(`  ${name}: ${line(medianCost(costs[i]!))}`));
    return EXIT.done;
  },
};

function variantsOf(grids: string, horizons: readonly string[]): Variant[] {
  const [first, second] = horizons;
  const all: Variant[] = [
    ["default grid", {}],
    [`with the grid ${grids}`, { GRIDS: grids }],
  ];
  for (let many = 2; many <= horizons.length; many++) {
    const HORIZONS = horizons.slice(0, many).join(",");
    all.push([`horizons ${HORIZONS}, the first with models`, { HORIZONS }]);
  }
  if (first === undefined || second === undefined) return all;
  all.push([`horizon ${second} alone, without models`, { HORIZONS: second }]);
  all.push([`horizons ${second},${first}, the second with models`, { HORIZONS: `${second},${first}` }]);
  return all;
}

async function run(dir: string, variables: Readonly<Record<string, string>>, load: Load): Promise<Cost> {
  const state = mkdtempSync(join(dir, "state-"));
  const all = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000", ARCHIVE: "off", ...variables };
  const server = await BareWorkerd.prepare(join(dir, "bundle"), state, all, true);
  try {
    await server.start();
    const url = new URL(server.url);
    const batches = Array.from({ length: load.symbols }, (_, i) => requestsOf(i, url, load));
    // After them: an idle connection is closed.
    const connection = await HttpConnection.open(url);
    const warm = Math.ceil((WARM_HOURS * 3600 * load.perSecond) / load.batch);
    for (const queue of batches) for (const request of queue.slice(0, warm)) await send(connection, request);
    const before = cpuMsOf(server.pid!);
    for (const queue of batches) for (const request of queue.slice(warm)) await send(connection, request);
    const tookMs = cpuMsOf(server.pid!) - before;
    const ticks = batches.reduce((sum, queue) => sum + (queue.length - warm) * load.batch, 0);
    connection.close();
    return { usPerTick: (tookMs * 1000) / ticks, storageBytes: await storageOf(server, load) };
  } finally {
    await server.kill();
    if (server.errorOutput !== "") console.error(server.errorOutput);
    rmSync(state, { recursive: true, force: true });
  }
}

/** Requests of one symbol, whole batches. */
function requestsOf(i: number, url: URL, { hours, perSecond, batch }: Load): Buffer[] {
  const symbol = `SIM${i}-USD`;
  const market = [...simulateTicks({ seed: i + 1, symbol, fromMs: FROM_MS, toMs: FROM_MS + hours * 3_600_000 })];
  // The simulator gives some 2.5 ticks a second.
  const every = market.length / (hours * 3600 * perSecond);
  const ticks = Array.from({ length: Math.floor(market.length / every) }, (_, k) => market[Math.floor(k * every)]!);
  return Array.from({ length: Math.floor(ticks.length / batch) }, (_, k) =>
    rawRequest("POST", url, "/ingest", JSON.stringify(ticks.slice(k * batch, (k + 1) * batch).map(tickJson))),
  );
}

async function send(connection: HttpConnection, request: Buffer): Promise<void> {
  const { status, body } = await connection.send(request);
  if (status !== 200) throw new Error(`POST /ingest: got ${status} ${body.slice(0, 300)}`);
}

/** Mean over the symbols. */
async function storageOf({ url }: BareWorkerd, { symbols }: Load): Promise<number> {
  let sum = 0;
  for (let i = 0; i < symbols; i++) {
    const answer = await fetch(`${url}/symbols/SIM${i}-USD`);
    sum += ((await answer.json()) as { storage_bytes: number }).storage_bytes;
  }
  return sum / symbols;
}

function medianCost(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost): number => median(costs.map((cost) => cost[key]));
  return { usPerTick: of("usPerTick"), storageBytes: of("storageBytes") };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function line({ usPerTick, storageBytes }: Cost): string {
  return `${usPerTick.toFixed(1)} µs a tick, ${kib(storageBytes)} of database`;
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}
