// `npm run bench -- serve`: the self-hosted gateway beside bare workerd and wrangler dev.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { decimal, listOf, oneOf, wholeNumber } from "../command-line/value-types.ts";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { bundleWorker } from "../local-gateway/bundle-worker.ts";
import { freePort } from "../local-gateway/free-port.ts";
import { GatewayProcess } from "../local-gateway/gateway-process.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../local-gateway/wrangler-dev.ts";
import { benchCommand } from "./bench-command.ts";
import { BareWorkerd } from "./bare-workerd.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";
import { drain, requestsOf, sendOne } from "./ingest-load.ts";

const WHICH = ["bare", "serve", "dev"] as const;
type Which = (typeof WHICH)[number];

const SERVE = benchCommand(
  "serve",
  `
The self-hosted gateway (serve) beside bare workerd, which has no bucket and nothing around it, and wrangler dev (dev):
time from the start to the first prediction, durable ticks a second with 4 symbols, GET /predict with 8 connections.`,
  {
    gateways: option(listOf(oneOf(WHICH), "A,B"), "which are measured, in turn", { default: WHICH.join(",") }),
    seconds: option(decimal(0.1, 3600, "S"), "how long each load lasts", { default: "4" }),
    rounds: option(wholeNumber(1, 100), "rounds of each", { default: "3" }),
  },
);

interface Figures {
  readonly answersMs: number;
  readonly firstPredictionMs: number;
  readonly ticksPerSecond: number;
  readonly predictsPerSecond: number;
}

interface Running {
  readonly url: URL;
  stop(): Promise<void>;
}

export const program: Program = {
  command: SERVE,
  run: async (args) => {
    const { gateways, seconds, rounds } = parseCommandLine(SERVE, args).values;
    const dir = temporaryFolder("volgate-bench-");
    const bundle = join(dir, "bundle");
    await bundleWorker(bundle);
    const measured = new Map<Which, Figures[]>(gateways.map((which) => [which, []]));
    for (let round = 0; round < rounds; round++) {
      for (const which of gateways) {
        measured.get(which)!.push(await measure(which, bundle, mkdtempSync(join(dir, "state-")), seconds));
      }
    }
    for (const [which, figures] of measured) {
      const of = (name: keyof Figures): number => median(figures.map((one) => one[name]));
      console.log(
        `${which}: answers after ${(of("answersMs") / 1000).toFixed(1)} s, first prediction after ` +
          `${(of("firstPredictionMs") / 1000).toFixed(1)} s; ${Math.round(of("ticksPerSecond"))} durable ticks/s, ` +
          `${Math.round(of("predictsPerSecond"))} predictions/s; median of ${rounds}`,
      );
    }
    return EXIT.done;
  },
};

async function measure(which: Which, bundle: string, state: string, seconds: number): Promise<Figures> {
  const startedAt = performance.now();
  const gateway = await start(which, bundle, state);
  try {
    const answersMs = performance.now() - startedAt;
    const { url } = gateway;
    const queues = Array.from({ length: 4 }, (_, i) => requestsOf(`SIM${i}-USD`, i + 1, url, 100));
    const connection = await HttpConnection.open(url);
    const predict = rawRequest("GET", url, "/predict?symbol=SIM0-USD");
    let firstPredictionMs = NaN;
    for (let i = 0; i < 40; i++) {
      for (const queue of queues) await sendOne(connection, queue.next().value as Buffer);
      if (!Number.isNaN(firstPredictionMs)) continue;
      if ((await connection.send(predict)).body.includes('"probability":0.')) {
        firstPredictionMs = performance.now() - startedAt;
      }
    }
    connection.close();
    const ingestAt = performance.now();
    const batches = await Promise.all(queues.map((queue) => drain(url, queue, ingestAt + seconds * 1000)));
    const ticksPerSecond = (sum(batches) * 100_000) / (performance.now() - ingestAt);
    const predictAt = performance.now();
    const asked = await Promise.all(Array.from({ length: 8 }, () => ask(url, predict, predictAt + seconds * 1000)));
    const predictsPerSecond = (sum(asked) * 1000) / (performance.now() - predictAt);
    return { answersMs, firstPredictionMs, ticksPerSecond, predictsPerSecond };
  } finally {
    await gateway.stop();
  }
}

async function start(which: Which, bundle: string, state: string): Promise<Running> {
  if (which === "bare") {
    const server = await BareWorkerd.prepare(bundle, state);
    await server.start();
    return { url: new URL(server.url), stop: () => server.kill() };
  }
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const serve = [process.execPath, join(ROOT, "volgate.ts"), "serve", "--state", state, "--bundle", bundle];
  const open = ["--var", "ENVIRONMENT=development"];
  const command = which === "serve" ? [...serve, ...open] : wranglerDevCommand(state);
  const child = new GatewayProcess({
    command: [...command, "--port", port],
    cwd: ROOT,
    env: which === "serve" ? process.env : wranglerDevEnvironment(),
    onLine: () => undefined,
  });
  await child.answering(`${url}/health/live`, 120_000, new AbortController().signal);
  return { url: new URL(url), stop: () => child.stop() };
}

async function ask(url: URL, request: Buffer, endAt: number): Promise<number> {
  const connection = await HttpConnection.open(url);
  let asked = 0;
  for (; performance.now() < endAt; asked++) {
    const { status, body } = await connection.send(request);
    if (status !== 200) throw new Error(`GET /predict: ${status} ${body.slice(0, 300)}`);
  }
  connection.close();
  return asked;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
