// `npm run bench -- serve`: the self-hosted gateway beside bare workerd and wrangler dev.
import { join } from "node:path";
import { option } from "../command-line/option.ts";
import { UserError } from "../command-line/user-error.ts";
import { decimal } from "../command-line/value-types.ts";
import { bundleWorker } from "../local-gateway/bundle-worker.ts";
import { freePort } from "../local-gateway/free-port.ts";
import { GatewayProcess } from "../local-gateway/gateway-process.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../local-gateway/wrangler-dev.ts";
import { benchCommand } from "./bench-command.ts";
import { BareWorkerd } from "./bare-workerd.ts";
import { type Bench, CORE_OPTIONS, warmUpOption } from "./core/bench.ts";
import { benchProgram } from "./core/bench-program.ts";
import { THIS_CHECKOUT } from "./core/run-bench.ts";
import { HttpConnection, rawRequest } from "./http-connection.ts";
import { drain, requestsOf, sendOne } from "./ingest-load.ts";

const SERVE = benchCommand(
  "serve",
  `
The self-hosted gateway (serve) beside bare workerd, which has no bucket and nothing around it, and wrangler dev (dev):
time from the start to the first prediction, durable ticks a second with 4 symbols, GET /predict with 8 connections.`,
  {
    seconds: option(decimal(0.1, 3600, "S"), "how long each load lasts", { default: "4" }),
    ...CORE_OPTIONS,
    "warm-up": warmUpOption("0"),
  },
);

type Measured = "answers after" | "first prediction after" | "durable ticks" | "predictions";
interface Case {
  readonly label: string;
}

export const bench: Bench<typeof SERVE.options, Measured, Case, string> = {
  command: SERVE,
  measures: {
    "answers after": { unit: "s", better: "less", digits: 1 },
    "first prediction after": { unit: "s", better: "less", digits: 1 },
    "durable ticks": { unit: "ticks/s", better: "more", digits: 0 },
    predictions: { unit: "requests/s", better: "more", digits: 0 },
  },
  ways: [{ name: "bare" }, { name: "serve" }, { name: "dev" }],
  ratios: (["durable ticks", "predictions"] as const).flatMap((measure) => [
    { measure, of: "serve", to: "bare" },
    { measure, of: "dev", to: "bare" },
  ]),
  goals: [],
  cases: () => [{ label: "from the start on" }],
  prepare: async ({ checkout, folder }) => {
    if (checkout !== THIS_CHECKOUT) throw new UserError("--checkout: serve and wrangler dev are of this checkout");
    const bundle = join(folder, "bundle");
    await bundleWorker(bundle);
    return bundle;
  },
  measure: async ({ way, prepared, folder }, { values: { seconds } }) =>
    await measure(way as Which, prepared, folder, seconds),
};

export const program = benchProgram(bench);

type Which = "bare" | "serve" | "dev";

interface Running {
  readonly url: URL;
  stop(): Promise<void>;
}

async function measure(
  which: Which,
  bundle: string,
  state: string,
  seconds: number,
): Promise<Record<Measured, number>> {
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
    if (Number.isNaN(firstPredictionMs)) throw new Error(`${which}: no prediction after ${40 * 100} ticks of a symbol`);
    const ingestAt = performance.now();
    const batches = await Promise.all(queues.map((queue) => drain(url, queue, ingestAt + seconds * 1000)));
    const ticksPerSecond = (sum(batches) * 100_000) / (performance.now() - ingestAt);
    const predictAt = performance.now();
    const asked = await Promise.all(Array.from({ length: 8 }, () => ask(url, predict, predictAt + seconds * 1000)));
    const predictsPerSecond = (sum(asked) * 1000) / (performance.now() - predictAt);
    return {
      "answers after": answersMs / 1000,
      "first prediction after": firstPredictionMs / 1000,
      "durable ticks": ticksPerSecond,
      predictions: predictsPerSecond,
    };
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
