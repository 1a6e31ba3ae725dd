// `npm run bench -- fanout`: what scrapers and readers cost an ingest of one tick, on bare workerd.
import { writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { option } from "../command-line/option.ts";
import { decimal, wholeNumber } from "../command-line/value-types.ts";
import { benchCommand } from "./bench-command.ts";
import { type Bench, CORE_OPTIONS, roundsOption, warmUpOption } from "./core/bench.ts";
import { benchProgram } from "./core/bench-program.ts";
import { percentile } from "./core/percentile.ts";
import { answered, FanoutFeed, symbolName } from "./fanout-feed.ts";
import { gatewayBundle, type GatewayBundle, withServer } from "./gateway-bundles.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";
import { memoryOf } from "./process-memory.ts";

const MIB = 1024 * 1024;

const FANOUT = benchCommand(
  "fanout",
  `
Latency of ingests of one tick, alone and beside scrapers of /metrics and readers of /predict and live performance.
Each round starts a gateway and creates its symbols. Linux only.`,
  {
    symbols: option(wholeNumber(1, 2000), "how many symbols there are", { default: "200" }),
    scrapers: option(wholeNumber(0, 64), "how many scrape at once", {
      default: "4",
    }),
    readers: option(wholeNumber(0, 256), "how many read at once; every 50th read is of the live performance", {
      default: "16",
    }),
    "scrape-every": option(decimal(0, 3600, "S"), "seconds from one scrape of a scraper to its next", { default: "1" }),
    "read-every": option(decimal(0, 3600, "S"), "likewise of a reader", { default: "0.02" }),
    seconds: option(decimal(0.1, 3600, "S"), "how long each round measures", { default: "15" }),
    warm: option(wholeNumber(1, 86_400), "seconds of market that each symbol gets first", { default: "300" }),
    ...CORE_OPTIONS,
    rounds: roundsOption("1"),
    "warm-up": warmUpOption("0"),
  },
);

interface Case {
  readonly label: string;
  readonly symbols: number;
  readonly scrapers: number;
  readonly readers: number;
}
type Latency = "ingest of a tick" | "/metrics" | "/predict" | "live performance";
type Measured = `${Latency} p50` | `${Latency} p99` | "/metrics longest" | "rise of memory";

const latency = { unit: "ms", better: "less", digits: 1 } as const;

export const bench: Bench<typeof FANOUT.options, Measured, Case, GatewayBundle> = {
  command: FANOUT,
  measures: {
    "ingest of a tick p50": latency,
    "ingest of a tick p99": latency,
    "/metrics p50": latency,
    "/metrics p99": latency,
    "/metrics longest": { ...latency, digits: 0 },
    "/predict p50": latency,
    "/predict p99": latency,
    "live performance p50": latency,
    "live performance p99": latency,
    "rise of memory": { unit: "MiB at the peak", better: "less", digits: 1 },
  },
  ways: [{ name: "gateway" }],
  ratios: [],
  goals: [1_000].flatMap((symbols) => {
    const of = { case: labelOf({ symbols, scrapers: 1, readers: 0 }), way: "gateway", side: "below" } as const;
    return [
      { ...of, text: "the longest scrape of 1,000 symbols in ms", measure: "/metrics longest", bound: 1_000 } as const,
      // The goal is of the heap, which cannot be read from outside; what resident memory rises by is the nearest.
      {
        ...of,
        text: "MiB more at the peak of scrapes of 1,000 symbols",
        measure: "rise of memory",
        bound: 32,
      } as const,
    ];
  }),
  cases: ({ values: { symbols, scrapers, readers } }) =>
    [
      { symbols, scrapers: 0, readers: 0 },
      { symbols, scrapers, readers },
    ].map((load) => ({ ...load, label: labelOf(load) })),
  prepare: gatewayBundle,
  measure: async ({ case: load, prepared, folder }, { values }) =>
    await withServer(
      prepared,
      folder,
      async (server) => {
        const url = new URL(server.url);
        const feed = await FanoutFeed.open(url, load.symbols);
        await feed.warm(values.warm);
        // The first scrape computes each symbol's day and month, which are kept for a quarter of an hour: not measured.
        const agent = new Agent({ keepAlive: true });
        await drained(url, agent);
        agent.destroy();
        const before = memoryOf(server.pid!, "VmRSS");
        writeFileSync(`/proc/${server.pid!}/clear_refs`, "5");
        const found = await run(url, feed, { ...values, ...load });
        feed.close();
        return { ...found, "rise of memory": (memoryOf(server.pid!, "VmHWM") - before) / MIB };
      },
      { keepsObjects: true },
    ),
};

export const program = benchProgram(bench);

interface Load {
  readonly symbols: number;
  readonly scrapers: number;
  readonly readers: number;
  readonly seconds: number;
  readonly "scrape-every": number;
  readonly "read-every": number;
}

async function run(url: URL, feed: FanoutFeed, { symbols, scrapers, readers, seconds, ...every }: Load) {
  const endAt = performance.now() + seconds * 1000;
  const [ingests, scrapes, reads, pooled]: number[][] = [[], [], [], []];
  const scraper = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true });
    await paced(every["scrape-every"], endAt, async () => {
      scrapes!.push(await timed(() => drained(url, agent)));
    });
    agent.destroy();
  };
  const reader = async (_: unknown, at: number): Promise<void> => {
    const connection = await HttpConnection.open(url);
    let i = at;
    await paced(every["read-every"], endAt, async () => {
      const isPooled = ++i % 50 === 49;
      const path = isPooled ? "/metrics/live-performance" : `/predict?symbol=${symbolName((i * 7 + at) % symbols)}`;
      (isPooled ? pooled! : reads!).push(await timed(() => answered(connection, rawRequest("GET", url, path))));
    });
    connection.close();
  };
  const ingest = async (): Promise<void> => {
    for (let i = 0; performance.now() < endAt; i++) ingests!.push(await timed(() => feed.one(i % symbols)));
  };
  await Promise.all([
    ingest(),
    ...Array.from({ length: scrapers }, scraper),
    ...Array.from({ length: readers }, reader),
  ]);
  return {
    ...latenciesOf("ingest of a tick", ingests!),
    ...latenciesOf("/metrics", scrapes!),
    ...(scrapes!.length > 0 ? { "/metrics longest": Math.max(...scrapes!) } : {}),
    ...latenciesOf("/predict", reads!),
    ...latenciesOf("live performance", pooled!),
  };
}

/** Works once in so many seconds, or as soon as the work before is done. */
async function paced(everySeconds: number, endAt: number, work: () => Promise<void>): Promise<void> {
  for (let dueAt = performance.now(); performance.now() < endAt;) {
    await work();
    dueAt = Math.max(dueAt + everySeconds * 1000, performance.now());
    await sleep(Math.max(0, Math.min(dueAt, endAt) - performance.now()));
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function latenciesOf(name: Latency, latencies: number[]): Readonly<Partial<Record<Measured, number>>> {
  if (latencies.length === 0) return {};
  return { [`${name} p50`]: percentile(latencies, 0.5), [`${name} p99`]: percentile(latencies, 0.99) };
}

/** Reads a scrape and drops it: the generator must use little of the machine. */
function drained(url: URL, agent: Agent): Promise<void> {
  return new Promise((done, failed) => {
    get(new URL("/metrics", url), { agent }, (answer) => {
      if (answer.statusCode !== 200) failed(new Error(`GET /metrics: ${answer.statusCode}`));
      answer.once("end", done).once("error", failed).resume();
    }).once("error", failed);
  });
}

function labelOf({ symbols, scrapers, readers }: Pick<Load, "symbols" | "scrapers" | "readers">): string {
  return `${symbols} symbols, ${scrapers} scrapers, ${readers} readers`;
}
