// `npm run bench:fanout`: what scrapers and readers cost an ingest of one tick, on bare workerd.
import { Agent, get } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { decimal, text, wholeNumber } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { tickJson } from "../gateway-client/tick-json.ts";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { benchCommand } from "./bench-command.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";

const FANOUT = benchCommand(
  "fanout",
  "Latency of ingests of one tick, alone and beside scrapers of /metrics and readers of /predict and live performance.",
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
    checkout: option(text("DIR"), "another checkout whose gateway is measured, its packages installed", {
      otherwise: "this one",
    }),
  },
);

interface Load {
  readonly symbols: number;
  readonly scrapers: number;
  readonly readers: number;
  readonly seconds: number;
  readonly "scrape-every": number;
  readonly "read-every": number;
}

export const program: Program = {
  command: FANOUT,
  run: async (args) => {
    const { values } = parseCommandLine(FANOUT, args);
    const dir = temporaryFolder("volgate-bench-");
    await bundleWorker(join(dir, "bundle"), values.checkout === undefined ? undefined : resolve(values.checkout));
    const server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"), undefined, true);
    const url = new URL(server.url);
    try {
      await server.start();
      const feed = await Feed.open(url, values.symbols);
      await feed.warm(values.warm);
      // The first scrape computes each symbol's day and month, which are kept for a quarter of an hour: not measured.
      const agent = new Agent({ keepAlive: true });
      await drained(url, agent);
      agent.destroy();
      console.log(`${values.symbols} symbols, ${values.warm} s of market each`);
      await run(url, feed, { ...values, scrapers: 0, readers: 0 });
      await run(url, feed, values);
      feed.close();
    } finally {
      await server.kill();
      if (server.errorOutput !== "") console.error(server.errorOutput);
    }
    return EXIT.done;
  },
};

async function run(url: URL, feed: Feed, { symbols, scrapers, readers, seconds, ...every }: Load): Promise<void> {
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
  console.log(`${scrapers} scrapers, ${readers} readers:`);
  const lines = { "one-tick ingest": ingests!, "/metrics": scrapes!, "/predict": reads!, "live performance": pooled! };
  for (const [name, latencies] of Object.entries(lines)) {
    if (latencies.length > 0) console.log(`  ${name.padEnd(17)} ${latencyText(latencies, seconds)}`);
  }
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

function latencyText(latencies: number[], seconds: number): string {
  latencies.sort((a, b) => a - b);
  const at = (p: number): string =>
    `p${p * 100} ${latencies[Math.min(latencies.length - 1, Math.floor(p * latencies.length))]!.toFixed(1)} ms`;
  return `${at(0.5)}, ${at(0.99)}, longest ${latencies.at(-1)!.toFixed(0)} ms; ${(latencies.length / seconds).toFixed(1)}/s`;
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

async function answered(connection: HttpConnection, request: Buffer): Promise<void> {
  const { status, body } = await connection.send(request);
  if (status !== 200) throw new Error(`got ${status} ${body.slice(0, 300)}`);
}

function symbolName(index: number): string {
  return `SIM${index}-USD`;
}

/** One connection that sends every symbol's simulated market. */
class Feed {
  private readonly url: URL;
  private readonly connection: HttpConnection;
  private readonly markets: readonly ReturnType<typeof simulateTicks>[];

  private constructor(url: URL, connection: HttpConnection, symbols: number) {
    this.url = url;
    this.connection = connection;
    const fromMs = Date.parse("2025-01-01T00:00:00Z");
    this.markets = Array.from({ length: symbols }, (_, i) =>
      simulateTicks({ seed: i + 1, symbol: symbolName(i), fromMs, toMs: Infinity }),
    );
  }

  static async open(url: URL, symbols: number): Promise<Feed> {
    return new Feed(url, await HttpConnection.open(url), symbols);
  }

  /** The first seconds of every market, symbol by symbol. */
  async warm(seconds: number): Promise<void> {
    for (const market of this.markets) {
      const first = market.next().value!;
      const ticks = [first];
      for (let tick = first; tick.tsMs < first.tsMs + seconds * 1000;) ticks.push((tick = market.next().value!));
      for (let at = 0; at < ticks.length; at += 1000) await this.send(ticks.slice(at, at + 1000).map(tickJson));
    }
  }

  /** The next tick of a symbol. */
  async one(index: number): Promise<void> {
    await this.send([tickJson(this.markets[index]!.next().value!)]);
  }

  close(): void {
    this.connection.close();
  }

  private async send(ticks: readonly object[]): Promise<void> {
    await answered(this.connection, rawRequest("POST", this.url, "/ingest", JSON.stringify(ticks)));
  }
}
