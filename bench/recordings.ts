// `npm run bench -- recordings`: rows and megabytes a second that are read of each form, and the memory that a large
// file takes.
import { createWriteStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { parquetWriteBuffer } from "hyparquet-writer";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { TemporaryFolder } from "../command-line/temporary-folder.ts";
import { wholeNumber } from "../command-line/value-types.ts";
import { streamTicks } from "../recordings/tick-stream.ts";
import { SeededRandom } from "../src/features/seeded-random.ts";
import { benchCommand } from "./bench-command.ts";
import { memoryOf } from "./process-memory.ts";

const RECORDINGS = benchCommand(
  "recordings",
  `
Rows and megabytes a second through the reader of recordings on one core, from file to ticks in order of time, and the
peak memory on a large CSV file. The files are generated: one-minute bars as Binance writes them, and ticks.`,
  {
    rows: option(wholeNumber(1000, 100_000_000), "rows of each small file", { default: "500000" }),
    megabytes: option(wholeNumber(0, 100_000), "size of the large CSV file of bars; 0 leaves it out", {
      default: "1000",
    }),
  },
);

const START_MS = Date.UTC(2020, 0, 1);
const ROUNDS = 3;

export const program: Program = {
  command: RECORDINGS,
  run: async (args) => {
    const { rows, megabytes } = parseCommandLine(RECORDINGS, args).values;
    const folder = new TemporaryFolder("volgate-bench-");
    try {
      const path = (name: string): string => join(folder.path, name);
      // First, because the peak is the process's own.
      if (megabytes > 0) await readLarge(path("BTCUSDT-1m-large.csv"), megabytes);
      await writeLines(path("BTCUSDT-1m-bars.csv"), barLines(rows, Infinity));
      await writeLines(path("ticks.csv"), tickLines(rows, "csv"));
      await writeLines(path("ticks.ndjson"), tickLines(rows, "ndjson"));
      await writeFile(path("ticks.parquet"), parquetOf(rows));
      const columns = ["rows/s", "MB/s", "ticks/s", "rows/CPU s"].map((name) => name.padStart(14)).join("");
      console.log(`${"median of 3".padEnd(13)}${columns}`);
      for (const name of ["BTCUSDT-1m-bars.csv", "ticks.csv", "ticks.ndjson", "ticks.parquet"]) {
        const runs: Run[] = [];
        for (let round = 0; round < ROUNDS; round++) runs.push(await read(path(name)));
        runs.sort((a, b) => a.seconds - b.seconds);
        console.log(rateLine(name.replace(/^.*bars/, "bars"), rows, runs[ROUNDS >> 1]!));
      }
    } finally {
      await folder.remove();
    }
    return EXIT.done;
  },
};

interface Run {
  readonly seconds: number;
  /** Of the processor, with the collection of garbage beside it: less than `seconds` where others use the core too. */
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly ticks: number;
}

async function read(path: string): Promise<Run> {
  const { size } = await stat(path);
  const began = performance.now();
  const cpu = process.cpuUsage();
  let ticks = 0;
  for await (const batch of streamTicks([path]).batches) ticks += batch.length;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6, bytes: size, ticks };
}

async function readLarge(path: string, megabytes: number): Promise<void> {
  const rows = await writeLines(path, barLines(Infinity, megabytes * 1e6));
  const run = await read(path);
  console.log(rateLine("large CSV", rows, run));
  const peak = memoryOf(process.pid, "VmHWM") / 1e6;
  console.log(
    `${(run.bytes / 1e6).toFixed(0)} MB of bars in ${run.seconds.toFixed(1)} s, peak memory ${peak.toFixed(0)} MB`,
  );
}

function rateLine(name: string, rows: number, { seconds, cpuSeconds, bytes, ticks }: Run): string {
  const per = (count: number, time: number): string => Math.round(count / time).toLocaleString("en-US");
  const rates = [per(rows, seconds), (bytes / 1e6 / seconds).toFixed(1), per(ticks, seconds), per(rows, cpuSeconds)];
  return name.padEnd(13) + rates.map((rate) => rate.padStart(14)).join("");
}

/** Writes lines until there are no more; returns how many. */
async function writeLines(path: string, lines: Iterable<string>): Promise<number> {
  const file = createWriteStream(path);
  let count = 0;
  let text = "";
  const isLine = (line: string): boolean => /^[\d{]/.test(line);
  for (const line of lines) {
    text += `${line}\n`;
    if (isLine(line)) count += 1;
    if (text.length < 1 << 20) continue;
    if (!file.write(text)) await new Promise<void>((resolve) => file.once("drain", () => resolve()));
    text = "";
  }
  file.end(text);
  await finished(file);
  return count;
}

/** Bars of a random walk, as in Binance's monthly files. */
function* barLines(rows: number, bytes: number): Generator<string> {
  const random = new SeededRandom("bars");
  let price = 40_000;
  for (let i = 0, written = 0; i < rows && written < bytes; i++) {
    const open = price;
    const moves = [random.uniform(), random.uniform(), random.uniform()].map((u) => 1 + (u - 0.5) / 500);
    price = Math.max(1, open * moves[0]!);
    const all = [open, price, open * moves[1]!, price * moves[2]!];
    const openMs = START_MS + 60_000 * i;
    const volume = 1 + 50 * random.uniform();
    const taker = volume * random.uniform();
    const prices = [open, Math.max(...all), Math.min(...all), price].map((x) => x.toFixed(2)).join(",");
    const line =
      `${openMs},${prices},${volume.toFixed(5)},${openMs + 59_999},${(volume * open).toFixed(8)},` +
      `${Math.ceil(2000 * random.uniform())},${taker.toFixed(5)},${(taker * open).toFixed(8)},0`;
    written += line.length + 1;
    yield line;
  }
}

function* tickLines(rows: number, form: "csv" | "ndjson"): Generator<string> {
  if (form === "csv") yield "ts,symbol,price,bid,ask,bid_size,ask_size,size,side";
  for (const { ts, price, bid, ask, bidSize, askSize, size, side } of tickRows(rows)) {
    if (form === "csv") yield `${ts},BTC-USD,${price},${bid},${ask},${bidSize},${askSize},${size},${side}`;
    else yield JSON.stringify({ ts, symbol: "BTC-USD", price, bid, ask, bidSize, askSize, size, side });
  }
}

function parquetOf(rows: number): Uint8Array {
  const ticks = [...tickRows(rows)];
  const names = ["price", "bid", "ask", "bidSize", "askSize", "size"] as const;
  const columnData = [
    { name: "ts", data: ticks.map(({ ts }) => BigInt(ts)), type: "INT64" as const },
    { name: "symbol", data: ticks.map(() => "BTC-USD"), type: "STRING" as const },
    ...names.map((name) => ({ name, data: ticks.map((tick) => Number(tick[name])), type: "DOUBLE" as const })),
    { name: "side", data: ticks.map(({ side }) => side), type: "STRING" as const },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 100_000 }));
}

function* tickRows(rows: number) {
  const random = new SeededRandom("ticks");
  let price = 40_000;
  for (let i = 0; i < rows; i++) {
    price *= 1 + (random.uniform() - 0.5) / 10_000;
    const [bidSize, askSize, size] = [1, 2, 3].map(() => (3 * random.uniform()).toFixed(4)) as [string, string, string];
    const quote = { price: price.toFixed(2), bid: (price - 0.01).toFixed(2), ask: (price + 0.01).toFixed(2) };
    yield { ts: START_MS + 250 * i, ...quote, bidSize, askSize, size, side: random.uniform() < 0.5 ? "buy" : "sell" };
  }
}
