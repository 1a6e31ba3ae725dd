// `npm run bench:memory`: what an active symbol takes of the isolate's memory, on bare workerd.
import { join } from "node:path";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { decimal, text, wholeNumber } from "../command-line/value-types.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { benchCommand } from "./bench-command.ts";
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
  },
);

export const program: Program = {
  command: MEMORY,
  run: async (args) => {
    const { symbols, hours, horizons = "" } = parseCommandLine(MEMORY, args).values;
    const dir = temporaryFolder("volgate-bench-");
    await bundleWorker(join(dir, "bundle"));
    const variables = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000", ARCHIVE: "off", HORIZONS: horizons };
    const server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"), variables, true);
    try {
      await server.start();
      const bodies = bodiesOf(hours);
      const read: number[] = [];
      for (let i = 1; i <= symbols; i++) {
        for (const body of bodies) await send(server, body.replaceAll('"X"', `"S-${i}"`));
        if (i % EVERY > 0) continue;
        const bytes = memoryOf(server.pid!, "VmRSS");
        const slope = read.length === 0 ? "" : `, ${((bytes - read.at(-1)!) / EVERY / MIB).toFixed(2)} MiB a symbol`;
        console.log(`${String(i).padStart(4)} symbols: ${(bytes / MIB).toFixed(0)} MiB${slope}`);
        read.push(bytes);
      }
      const perSymbol = (read.at(-1)! - read[0]!) / (EVERY * (read.length - 1));
      console.log(`${(perSymbol / MIB).toFixed(2)} MiB a symbol over ${EVERY * (read.length - 1)} symbols`);
    } finally {
      await server.kill();
    }
    return EXIT.done;
  },
};

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
