// `npm run bench -- stream`: what readers of the stream cost, idle and live, on bare workerd.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { decimal, wholeNumber } from "../command-line/value-types.ts";
import { tickJson } from "../gateway-client/tick-json.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { benchCommand } from "./bench-command.ts";
import { steadyMarket } from "./costs/steady-market.ts";
import { cpuMsOf } from "./process-cpu.ts";
import { memoryOf } from "./process-memory.ts";
import { requireOpenFiles } from "./require-open-files.ts";
import { StreamSocket } from "./stream-socket.ts";

const SYMBOL = "SIM-USD";
/** Seconds of market before there are predictions, with some to spare. */
const WARM_SECONDS = 1_300;

const STREAM = benchCommand(
  "stream",
  "Readers of the stream on bare workerd: memory and processor time of idle ones, then events to live ones.",
  {
    idle: option(wholeNumber(1, 15_000), "idle readers", { default: "10000" }),
    "idle-seconds": option(decimal(1, 3600, "S"), "how long they are watched", { default: "20" }),
    readers: option(wholeNumber(1, 5_000), "live readers", { default: "1000" }),
    steps: option(wholeNumber(1, 5_000), "steps that are sent one by one to one reader, and to all", { default: "60" }),
    burst: option(wholeNumber(1, 1_000), "steps that are then sent at once", { default: "200" }),
  },
);

export const program: Program = {
  command: STREAM,
  run: async (args) => {
    const { values } = parseCommandLine(STREAM, args);
    requireOpenFiles(values.idle);
    const dir = temporaryFolder("volgate-bench-");
    await bundleWorker(join(dir, "bundle"));
    const server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"));
    try {
      await server.start();
      const feed = new Feed(server.url);
      for (let second = 0; second < WARM_SECONDS; second += 100) await feed.seconds(100);
      await live(server, feed, 1, values.steps);
      await live(server, feed, values.readers, values.steps, values.burst);
      await idle(server, feed, values.idle, values["idle-seconds"]);
    } finally {
      await server.kill();
      if (server.errorOutput !== "") console.error(server.errorOutput);
    }
    return EXIT.done;
  },
};

/** Idle readers: the hubs must sleep, and wake with all of them. */
async function idle(server: BareWorkerd, feed: Feed, count: number, seconds: number): Promise<void> {
  const pid = server.pid!;
  const before = memoryOf(pid, "VmRSS");
  const readers = await openReaders(server.url, count);
  // Up to 10 s until the hub has written what it needs, and 10 s until the runtime unloads it.
  await sleep(22_000);
  const loads = await metric(server.url, "volgate_stream_hub_loads_total");
  const cpuMs = cpuMsOf(pid);
  await sleep(seconds * 1000);
  const usedMs = cpuMsOf(pid) - cpuMs;
  const bytes = (memoryOf(pid, "VmRSS") - before) / count;
  const sentMs = performance.now();
  const reached = everyone(readers);
  await feed.seconds(2);
  await reached;
  const wokenMs = performance.now() - sentMs;
  const woken = (await metric(server.url, "volgate_stream_hub_loads_total")) - loads;
  const open = readers.filter(({ closed }) => closed === undefined).length;
  console.log(
    `${count} idle readers: ${(bytes / 1000).toFixed(1)} kB each, ${usedMs.toFixed(0)} ms of processor time in ` +
      `${seconds} s, of the whole gateway; ${woken} hubs were loaded again by the next event, which all ${open} had ` +
      `${wokenMs.toFixed(0)} ms after its ticks were sent`,
  );
  for (const reader of readers) reader.terminate();
}

async function live(server: BareWorkerd, feed: Feed, count: number, steps: number, burst?: number): Promise<void> {
  const readers = await openReaders(server.url, count);
  const [answered, first, last]: number[][] = [[], [], []];
  for (let i = 0; i < steps; i++) {
    const startMs = performance.now();
    const all = everyone(readers, () => (first!.length === i ? first!.push(performance.now() - startMs) : undefined));
    await feed.seconds(1);
    answered!.push(performance.now() - startMs);
    await all;
    last!.push(performance.now() - startMs);
  }
  const text = (name: string, times: number[]) => `${name} p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms`;
  const latencies = [text("answer", answered!), text("first reader", first!), text("last reader", last!)];
  console.log(`${count} readers, a step at a time, from its ticks: ${latencies.join("; ")}`);
  if (burst !== undefined) {
    const before = readers.map(({ events }) => events);
    const [startMs, cpuMs] = [performance.now(), cpuMsOf(server.pid!)];
    await feed.seconds(burst);
    // Each step brings a prediction and a label.
    await until(() => readers.every(({ events }, i) => events - before[i]! >= burst * 2));
    const [ms, usedMs] = [performance.now() - startMs, cpuMsOf(server.pid!) - cpuMs];
    const events = readers.reduce((sum, reader, i) => sum + reader.events - before[i]!, 0);
    console.log(
      `${burst} steps at once to ${count} readers: ${events} events in ${ms.toFixed(0)} ms, ` +
        `${((events / ms) * 1000).toFixed(0)} a second; ${((usedMs / events) * 1000).toFixed(1)} µs of processor time each`,
    );
  }
  for (const reader of readers) reader.terminate();
}

async function openReaders(url: string, count: number): Promise<StreamSocket[]> {
  const readers: StreamSocket[] = [];
  while (readers.length < count) {
    const some = Array.from({ length: Math.min(50, count - readers.length) }, () =>
      StreamSocket.open(url, `/symbols/${SYMBOL}/stream`),
    );
    readers.push(...(await Promise.all(some)));
  }
  return readers;
}

/** Waits until each reader has one prediction more. */
async function everyone(readers: readonly StreamSocket[], onEach?: () => void): Promise<void> {
  await Promise.all(
    readers.map(
      (reader) =>
        new Promise<void>((done) => {
          reader.onEvent = (text) => {
            if (!text.startsWith('{"type":"prediction"')) return;
            reader.onEvent = undefined;
            onEach?.();
            done();
          };
        }),
    ),
  );
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await sleep(2);
}

function at(times: readonly number[], share: number): string {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
}

/** Ticks a second: none of the seconds is without one, so that each closes a step that is predicted. */
const RATE = 2;

/** The simulated market of one symbol. */
class Feed {
  private readonly url: string;
  private readonly market = steadyMarket(SYMBOL, RATE);

  constructor(url: string) {
    this.url = url;
  }

  /** Sends so many seconds, each of which closes a step. */
  async seconds(count: number): Promise<void> {
    const ticks = Array.from({ length: count * RATE }, () => tickJson(this.market.next().value!));
    const answer = await fetch(`${this.url}/ingest`, { method: "POST", body: JSON.stringify(ticks) });
    if (!answer.ok) throw new Error(`POST /ingest: got ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
