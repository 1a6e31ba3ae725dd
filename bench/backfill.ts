// `npm run bench -- backfill`: how long a challenger's record of thirty days takes, from an archive on disk to its
// blocks.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { TemporaryFolder } from "../command-line/temporary-folder.ts";
import { wholeNumber } from "../command-line/value-types.ts";
import { MarketSimulator } from "../simulator/simulator.ts";
import { encodeParquetTicks } from "../src/durable/symbol/archive/parquet-ticks.ts";
import { archiveKey } from "../src/features/archive-key.ts";
import { PackedTicks } from "../src/features/packed-ticks.ts";
import { BLOCK_STEPS } from "../src/quality/step-ring.ts";
import { engineOf, loadPair, readPair } from "../trainer/backfill/pair-models.ts";
import { symbolRecord } from "../trainer/backfill/symbol-record.ts";
import { readBundledModels } from "../feeds/parity/bundled-models.ts";
import { DEFAULT_ENGINE_CONFIG } from "../src/features/feature-engine.ts";
import { benchCommand } from "./bench-command.ts";

const BACKFILL = benchCommand(
  "backfill",
  `
Writes an archive of one symbol of the simulated market, hour by hour as the gateway writes it, and replays it as
npm run model -- backfill does, with the bundled champion and zscore. Nothing is sent.`,
  { days: option(wholeNumber(1, 60), "days of the market", { default: "30" }) },
);

const SYMBOL = "BTC-USD";
const FROM_MS = Date.UTC(2026, 9, 1);
const HOUR_MS = 3_600_000;

export const program: Program = {
  command: BACKFILL,
  run: async (args) => {
    const { days } = parseCommandLine(BACKFILL, args).values;
    const folder = new TemporaryFolder("volgate-bench-");
    try {
      const { bytes } = await writeArchive(folder.path, days);
      const shipped = await readBundledModels(DEFAULT_ENGINE_CONFIG.grid);
      const [champion] = shipped;
      const zscore = shipped.find(({ manifest }) => manifest.family === "zscore");
      const nothing = { get: () => Promise.resolve(null) };
      const pair = await readPair(nothing, {
        champion: champion!.manifest.onnxSha256,
        challenger: zscore!.manifest.onnxSha256,
      });
      const engine = engineOf(pair, 1000);
      const startedMs = performance.now();
      const cpu = process.cpuUsage();
      const { blocks, ticks } = await symbolRecord(SYMBOL, await loadPair(pair), {
        from: [folder.path],
        persist: folder.path,
        engine,
        fromBlock: FROM_MS / 1000 / BLOCK_STEPS,
        readFromMs: undefined,
        recalibrates: true,
        onProgress: () => undefined,
      });
      const seconds = (performance.now() - startedMs) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      const rows: [string, string][] = [
        ["archive", `${days} days of one symbol, simulated, ${(bytes / 1e6).toFixed(1)} MB of Parquet`],
        ["ticks", ticks.toLocaleString("en-US")],
        ["blocks", String(blocks.length)],
        ["seconds", `${seconds.toFixed(1)}, of the processor ${((user + system) / 1e6).toFixed(1)}`],
        ["ticks/s", Math.round(ticks / seconds).toLocaleString("en-US")],
        ["minutes for 30 days", ((seconds / 60) * (30 / days)).toFixed(2)],
        ["peak memory", `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB, with the simulator's`],
      ];
      for (const [name, value] of rows) console.log(`${name.padEnd(20)}  ${value}`);
    } finally {
      await folder.remove();
    }
    return EXIT.done;
  },
};

async function writeArchive(folder: string, days: number): Promise<{ readonly bytes: number }> {
  const market = new MarketSimulator({ seed: 1, symbol: SYMBOL, fromMs: FROM_MS, dynamics: [] });
  let bytes = 0;
  for (let hour = 0; hour < days * 24; hour++) {
    const ticks = market.advanceTo(FROM_MS + (hour + 1) * HOUR_MS);
    const packed = new PackedTicks(ticks.length);
    for (const tick of ticks) packed.add(tick);
    const of = { symbol: SYMBOL, firstBatch: hour + 1, lastBatch: hour + 1, stepMs: 1000 };
    const object = new Uint8Array(encodeParquetTicks(packed.rows(), of));
    const path = join(folder, archiveKey("ticks", SYMBOL, FROM_MS + hour * HOUR_MS, hour + 1));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, object);
    bytes += object.byteLength;
  }
  return { bytes };
}
