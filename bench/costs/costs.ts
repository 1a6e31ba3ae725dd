// `npm run bench:costs`: what batches, hours and minutes take of what Cloudflare bills, counted in a local run.
// costs/measured-use.ts has these figures.
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
of batches of a second's ticks, of batches of 100 ticks, and of a quiet minute by the clock.`,
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
      const fewer = bySecond.batches - byHundred.batches;
      if (fewer > 0) {
        const each = (bySecond.metered.cpuMs - byHundred.metered.cpuMs) / fewer;
        const rows = (rowsOf(bySecond.metered) - rowsOf(byHundred.metered)) / fewer;
        console.log(
          `a batch more, with the same ticks: ${rows.toFixed(3)} rows written, ${each.toFixed(2)} ms of processor time`,
        );
      }
      print(`${seconds} s by the clock, a batch each second, and one cron trigger`, await byTheClock(gateway, seconds));
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

/** A batch each second of the clock, so that alarms, reports of health and one cron trigger take their part. */
async function byTheClock(gateway: MeteredGateway, seconds: number): Promise<Stretch> {
  const market = steadyMarket("CLOCK-USD", 1, Date.now() - 3_600_000);
  for (const batch of inParts(market, 1, 1, 200)) await post(gateway, batch);
  await settled();
  await gateway.read();
  for (let i = 0; i < seconds; i++) {
    await post(gateway, [{ ...market.next().value!, tsMs: Date.now() }]);
    await sleep(1000);
  }
  await gateway.ring("*/15 * * * *");
  return { metered: await gateway.read(), batches: seconds, ticks: seconds, hours: seconds / 3600 };
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

function rowsOf({ rowsWritten }: Metered): number {
  return Object.values(rowsWritten).reduce((sum, count) => sum + count, 0);
}

function shown(counts: Readonly<Record<string, number | undefined>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}
