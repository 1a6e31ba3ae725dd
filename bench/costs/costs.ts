// `npm run bench -- costs`: what batches, hours and minutes take of what Cloudflare bills, counted in a local run.
// costs/measured-use.ts has these figures.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../../command-line/at-exit.ts";
import { EXIT } from "../../command-line/exit-code.ts";
import { option } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import type { Program } from "../../command-line/program.ts";
import { wholeNumber } from "../../command-line/value-types.ts";
import type { Tick } from "../../src/features/tick.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";
import { bundleWorker } from "../bare-workerd.ts";
import { benchCommand } from "../bench-command.ts";
import { perSecond, steadyMarket } from "./steady-market.ts";
import { type Metered, MeteredGateway } from "./metered-gateway.ts";

const COSTS = benchCommand(
  "costs",
  `
Counts what Cloudflare would bill, in a local run: rows and requests of objects, requests to the bucket, processor time;
of batches of a second's ticks, of batches of 100 ticks, and of a minute by the clock.`,
  {
    hours: option(wholeNumber(1, 24), "hours of market that each kind of batch is measured over", { default: "2" }),
    "ticks-per-second": option(wholeNumber(1, 1000), "ticks a second of market", { default: "10" }),
    seconds: option(wholeNumber(5, 3600), "length of the stretch by the clock", { default: "60" }),
  },
);

const VARIABLES = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000" };

export const program: Program = {
  command: COSTS,
  run: async (args) => {
    const { hours, seconds, "ticks-per-second": rate } = parseCommandLine(COSTS, args).values;
    const dir = temporaryFolder("volgate-costs-");
    const bundle = join(dir, "bundle");
    await bundleWorker(bundle);
    const gateway = await MeteredGateway.start(bundle, dir, VARIABLES);
    console.log(`${rate} ticks a second of one symbol; other programs on this machine make the times longer`);
    try {
      const bySecond = await replay(gateway, "SECONDS-USD", rate, { hours, size: undefined });
      print(`batches of a second, ${rate} ticks`, bySecond);
      const byHundred = await replay(gateway, "HUNDREDS-USD", rate, { hours, size: 100 });
      print("batches of 100 ticks", byHundred);
      const one = await byTheClock(gateway, seconds, 1);
      print(`${seconds} s by the clock, one symbol, a batch each second`, one);
      const six = await byTheClock(gateway, seconds, 6);
      print(`${seconds} s by the clock, six symbols`, six);
      await gateway.ring("*/15 * * * *");
      console.log(`one cron trigger: ${shown((await gateway.read()).rowsWritten)} rows written`);
      printDerived(bySecond, byHundred, one, six);
      printStored(dir, byHundred);
    } finally {
      await gateway.stop();
    }
    return EXIT.done;
  },
};

interface Stretch {
  readonly metered: Metered;
  readonly batches: number;
  readonly ticks: number;
  readonly hours: number;
}

/** Sends market as fast as it is taken. The first hour makes the symbol and fills its windows: it is not counted. */
async function replay(
  gateway: MeteredGateway,
  symbol: string,
  rate: number,
  { hours, size }: { hours: number; size: number | undefined },
): Promise<Stretch> {
  const market = steadyMarket(symbol, rate);
  const batchesOf = (length: number) =>
    size === undefined ? perSecond(market, length, rate) : inParts(market, length, rate, size);
  for (const batch of batchesOf(1)) await post(gateway, batch);
  await settled();
  await gateway.read();
  const [counted] = [{ batches: 0, ticks: 0 }];
  for (const batch of batchesOf(hours)) {
    await post(gateway, batch);
    counted.batches += 1;
    counted.ticks += batch.length;
  }
  await settled();
  return { metered: await gateway.read(), ...counted, hours };
}

/** A batch each second of the clock for each symbol, so that alarms and what is done now and then take their part. */
async function byTheClock(gateway: MeteredGateway, seconds: number, symbols: number): Promise<Stretch> {
  const markets = Array.from({ length: symbols }, (_, i) =>
    steadyMarket(`CLOCK${symbols}${i}-USD`, 1, Date.now() - 1_000_000),
  );
  for (const market of markets) for (const batch of inParts(market, 0.25, 1, 300)) await post(gateway, batch);
  await settled();
  await gateway.read();
  for (let i = 0; i < seconds; i++) {
    await post(
      gateway,
      markets.map((market) => ({ ...market.next().value!, tsMs: Date.now() })),
    );
    await sleep(1000);
  }
  return { metered: await gateway.read(), batches: seconds * symbols, ticks: seconds * symbols, hours: seconds / 3600 };
}

function* inParts(market: Iterator<Tick, undefined>, hours: number, rate: number, size: number): Generator<Tick[]> {
  for (let left = hours * 3600 * rate; left > 0; left -= size) {
    yield Array.from({ length: Math.min(size, left) }, () => market.next().value!);
  }
}

/** Until alarms that are due have run. */
async function settled(): Promise<void> {
  await sleep(3_000);
}

async function post(gateway: MeteredGateway, batch: readonly Tick[]): Promise<void> {
  const response = await fetch(`${gateway.url}/ingest`, { method: "POST", body: JSON.stringify(batch.map(tickJson)) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`POST /ingest: ${response.status} ${text.slice(0, 300)}`);
}

function print(what: string, { metered, batches, ticks, hours }: Stretch): void {
  const { objectRequests, rowsWritten, rowsRead, activeMs, logLines, r2, cpuMs } = metered;
  console.log(`${what}: ${batches} batches, ${ticks} ticks, ${hours.toFixed(3)} h`);
  console.log(`  requests of objects  ${shown(objectRequests)}`);
  console.log(`  rows written         ${shown(rowsWritten)}`);
  console.log(`  rows read            ${shown(rowsRead)}`);
  console.log(`  requests of R2       ${shown(r2)}`);
  console.log(`  log lines            ${logLines}`);
  console.log(
    `  of a batch           ${(rowsOf(metered) / batches).toFixed(3)} rows written, ${(cpuMs / batches).toFixed(2)} ms of ` +
      `processor time, ${((activeMs["SYMBOLS"] ?? 0) / batches).toFixed(2)} ms in the symbol's object`,
  );
  console.log(`  of a tick            ${((cpuMs / ticks) * 1000).toFixed(0)} µs of processor time`);
  const counted = Object.values(r2).reduce((sum, count) => sum + count, 0);
  console.log(
    `  of an hour           ${(rowsOf(metered) / hours).toFixed(0)} rows written, ${(counted / hours).toFixed(1)} requests of R2`,
  );
}

/** The figures of costs/measured-use.ts. Two kinds of batches give what a batch takes and what its ticks take. */
function printDerived(bySecond: Stretch, byHundred: Stretch, one: Stretch, six: Stretch): void {
  const fewer = bySecond.batches - byHundred.batches;
  const ofBatch = (value: (metered: Metered) => number): number =>
    (value(bySecond.metered) - value(byHundred.metered)) / fewer;
  const ofHour = (value: (metered: Metered) => number): number =>
    (value(byHundred.metered) - ofBatch(value) * byHundred.batches) / byHundred.hours;
  const written = ({ rowsWritten }: Metered): number => rowsWritten["SYMBOLS"] ?? 0;
  const cpu = ({ cpuMs }: Metered): number => cpuMs;
  const active = ({ activeMs }: Metered): number => activeMs["SYMBOLS"] ?? 0;
  const ofTick = (value: (metered: Metered) => number): number =>
    (value(byHundred.metered) - ofBatch(value) * byHundred.batches) / byHundred.ticks;
  // What is neither a batch nor of a symbol's object, by the clock: of the gateway, and of each further symbol.
  const [aloneS, sixS] = [one, six].map(({ metered, hours }) => restOf(metered.objectRequests) / (hours * 3600));
  const [aloneR, sixR] = [one, six].map(({ metered, hours }) => restOf(metered.rowsWritten) / (hours * 3600));
  const lines = {
    rowsWrittenOfBatch: ofBatch(written),
    rowsWrittenOfHour: ofHour(written),
    rowsReadOfBatch: ofBatch(({ rowsRead }) => rowsRead["SYMBOLS"] ?? 0),
    objectRequestsOfHour: (byHundred.metered.objectRequests["SYMBOLS alarm"] ?? 0) / byHundred.hours,
    objectRequestsOfSecond: aloneS! - (sixS! - aloneS!) / 5,
    objectRequestsOfSymbolSecond: (sixS! - aloneS!) / 5,
    rowsWrittenOfSecond: aloneR! - (sixR! - aloneR!) / 5,
    rowsWrittenOfSymbolSecond: (sixR! - aloneR!) / 5,
    bucketWritesOfHour: ((byHundred.metered.r2.put ?? 0) + (byHundred.metered.r2.list ?? 0)) / byHundred.hours,
    bucketReadsOfHour: ((byHundred.metered.r2.get ?? 0) + (byHundred.metered.r2.head ?? 0)) / byHundred.hours,
    cpuMsOfBatch: ofBatch(cpu),
    cpuMsOfTick: ofTick(cpu),
    activeMsOfBatch: ofBatch(active),
    activeMsOfTick: ofTick(active),
  };
  console.log("derived:");
  for (const [name, value] of Object.entries(lines)) console.log(`  ${name.padEnd(30)}${value.toFixed(4)}`);
}

/** Of all objects but the symbols' batches and alarms. */
function restOf(counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts)
    .filter(([name]) => !name.startsWith("SYMBOLS"))
    .reduce((sum, [, count]) => sum + count, 0);
}

function printStored(dir: string, { hours, ticks }: Stretch): void {
  const of = (folder: string): number => bytesOf(join(dir, "bucket", "objects", folder, "symbol=HUNDREDS-USD"));
  const whole = (hours + 1) / hours;
  console.log(`  archivedBytesOfTick           ${(of("ticks") / (ticks * whole)).toFixed(2)}`);
  console.log(`  archivedBytesOfStep           ${(of("predictions") / ((hours + 1) * 3600)).toFixed(2)}`);
  const databases = join(dir, "objects", "SymbolObject");
  const largest = Math.max(0, ...readdirSync(databases).map((name) => statSync(join(databases, name)).size));
  console.log(`  databaseBytes                 ${largest}`);
}

function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function rowsOf({ rowsWritten }: Metered): number {
  return Object.values(rowsWritten).reduce((sum, count) => sum + count, 0);
}

function shown(counts: Readonly<Record<string, number | undefined>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}
