// `npm run bench -- memory`: what an active symbol takes of the isolate's memory, on bare workerd.
import { option } from "../command-line/option.ts";
import { decimal, text, wholeNumber } from "../command-line/value-types.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import type { BareWorkerd } from "./bare-workerd.ts";
import { benchCommand } from "./bench-command.ts";
import { type Bench, CORE_OPTIONS, roundsOption, warmUpOption } from "./core/bench.ts";
import { benchProgram } from "./core/bench-program.ts";
import { gatewayBundle, type GatewayBundle, withServer } from "./gateway-bundles.ts";
import { memoryOf } from "./process-memory.ts";

const MIB = 1024 * 1024;
/** Memory is read after so many symbols each. */
const EVERY = 10;
const BATCH = 4000;
const FROM_MS = Date.parse("2025-01-01T00:00:00Z");

const MEMORY = benchCommand(
  "memory",
  `
The resident memory of workerd after each ten symbols, all of them kept in memory, with the bundled champion and its
baselines. The slope is what one more active symbol takes. Linux only.`,
  {
    symbols: option(wholeNumber(20, 1000), "how many symbols", { default: "40" }),
    hours: option(decimal(0.1, 100), "hours of market that each symbol has seen", { default: "25" }),
    horizons: option(text("LIST"), "several horizons, as HORIZONS takes them", { otherwise: "the default one" }),
    ...CORE_OPTIONS,
    rounds: roundsOption("1"),
    "warm-up": warmUpOption("0"),
  },
);

type Measured = "a symbol" | "all";
interface Case {
  readonly label: string;
}

export const bench: Bench<typeof MEMORY.options, Measured, Case, GatewayBundle> = {
  command: MEMORY,
  measures: {
    "a symbol": { unit: "MiB", better: "less", digits: 2 },
    all: { unit: "MiB", better: "less", digits: 0 },
  },
  ways: [{ name: "gateway" }],
  ratios: [],
  goals: [],
  cases: ({ values: { symbols, hours, horizons } }) => [
    { label: `${symbols} symbols, ${hours} h of market each${horizons === undefined ? "" : `, horizons ${horizons}`}` },
  ],
  prepare: gatewayBundle,
  measure: async ({ prepared, folder }, { values: { symbols, hours, horizons = "" } }) => {
    const variables = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000", ARCHIVE: "off", HORIZONS: horizons };
    const work = async (server: BareWorkerd) => {
      const bodies = bodiesOf(hours);
      const read: number[] = [];
      for (let i = 1; i <= symbols; i++) {
        for (const body of bodies) await send(server, body.replaceAll('"X"', `"S-${i}"`));
        if (i % EVERY > 0) continue;
        const mib = memoryOf(server.pid!, "VmRSS") / MIB;
        console.error(`${String(i).padStart(4)} symbols: ${mib.toFixed(0)} MiB`);
        read.push(mib);
      }
      const [first, last] = [read[0]!, read.at(-1)!];
      return { "a symbol": (last - first) / (EVERY * (read.length - 1)), all: last };
    };
    return await withServer(prepared, folder, work, { keepsObjects: true, variables });
  },
};

export const program = benchProgram(bench);

/** One market for all symbols, a tick a second: what a symbol keeps does not depend on how many ticks a step has. */
function bodiesOf(hours: number): string[] {
  const ticks: { symbol: string; ts: number; price: number; bid: number; ask: number }[] = [];
  let last = -1;
  for (const { tsMs, price, bid, ask } of simulateTicks({
    ...{ seed: 5, symbol: "X", fromMs: FROM_MS, toMs: FROM_MS + hours * 3_600_000 },
  })) {
    const step = Math.floor(tsMs / 1000);
    if (step === last) continue;
    last = step;
    ticks.push({ symbol: "X", ts: tsMs, price, bid, ask });
  }
  const count = Math.ceil(ticks.length / BATCH);
  return Array.from({ length: count }, (_, k) => JSON.stringify(ticks.slice(k * BATCH, (k + 1) * BATCH)));
}

async function send(server: BareWorkerd, body: string): Promise<void> {
  const response = await fetch(`${server.url}/ingest`, { method: "POST", body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`POST /ingest: got ${response.status} ${text.slice(0, 300)}`);
}
