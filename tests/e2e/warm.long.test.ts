// A gateway on a grid of a minute begins warm, from a venue and from a file: how soon it predicts, and that its steps
// are those of the trainer over the same history and live ticks.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBundledModels } from "../../feeds/parity/bundled-models.ts";
import { Differences } from "../../feeds/parity/differences.ts";
import { STEP_COLUMNS, type StepColumn, type StepValues, type Steps } from "../../feeds/parity/step-columns.ts";
import { tracedReplay } from "../../feeds/parity/traced-replay.ts";
import { trainerSteps } from "../../feeds/parity/trainer-steps.ts";
import { parseWarmOptions } from "../../feeds/warm-options.ts";
import { runWarm } from "../../feeds/warm-run.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";
import { findFreePort } from "../../local-gateway/free-port.ts";
import { GatewayProcess } from "../../local-gateway/gateway-process.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../../local-gateway/wrangler-dev.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import type { Tick } from "../../src/features/tick.ts";
import { barTicks } from "../../src/markets/bar-ticks.ts";
import { RestExchange } from "../exchange/rest-exchange.ts";
import { RestMarket } from "../exchange/rest-market.ts";
import { RestServer } from "../exchange/rest-server.ts";

const MINUTE_MS = 60_000;
const LIVE_MINUTES = 50;
const SYMBOL = "BTC-USD@coinbase";
const grid = gridConfig(MINUTE_MS);
const folder = mkdtempSync(join(tmpdir(), "volgate-warm-"));
const exchange = new RestExchange(new RestMarket(Date.now()));
const server = new RestServer(exchange);
let gateway: GatewayProcess | undefined;
let baseUrl = "";

async function startGateway(): Promise<void> {
  const port = await findFreePort(19_487, 200);
  baseUrl = `http://127.0.0.1:${port}`;
  const endpoints = JSON.stringify({ coinbase: { rest: venueUrl } });
  const variables = [`STEP_MS:${grid.stepMs}`, "FUTURE_TOLERANCE_MS:3600000", `VENUE_ENDPOINTS:${endpoints}`];
  gateway = new GatewayProcess({
    command: [...wranglerDevCommand(folder), "--port", String(port), ...variables.flatMap((one) => ["--var", one])],
    cwd: ROOT,
    env: wranglerDevEnvironment(),
    onLine: () => undefined,
  });
  await gateway.answering(`${baseUrl}/health`, 120_000, new AbortController().signal);
}

let venueUrl = "";
beforeAll(async () => {
  venueUrl = await server.start();
}, 300_000);
afterAll(async () => {
  await gateway?.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function json(path: string, init?: RequestInit) {
  const response = await fetch(baseUrl + path, init);
  return { status: response.status, body: (await response.json()) as never as Body };
}
/** Answers are read without types: tests assert what is in them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

/** The candles that had ended when the venue was asked, as the trainer's reader gives them. @param toMs their end. */
function history(symbol: string, toMs: number): Tick[] {
  const ended = exchange.market.candles.filter(({ startMs }) => startMs < toMs).slice(-1440);
  return ended.flatMap(({ startMs, open, high, low, close, volume }) => {
    const flow = { side: NaN, barTrades: NaN, barVolume: Number(volume), barQuoteVolume: NaN, barTakerVolume: NaN };
    const [o, h, l, c] = [open, high, low, close].map(Number) as [number, number, number, number];
    return barTicks(symbol, { startMs, open: o, high: h, low: l, close: c, flow }, MINUTE_MS);
  });
}

/** What comes after it, until less than an hour from now. */
function liveTicks(symbol: string, fromMs: number): Tick[] {
  return Array.from({ length: 4 * LIVE_MINUTES }, (_, k) => {
    const none = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };
    return { symbol, tsMs: fromMs + k * 15_000 + 100, price: 60_000 + ((k * 37) % 91), ...none };
  });
}

/** The last steps. */
function tail({ columns, count }: Steps, wanted: number): Steps {
  const parts = STEP_COLUMNS.map(({ name, width }): [StepColumn, StepValues] => {
    return [name, columns[name].slice((count - wanted) * width)];
  });
  return { count: wanted, columns: Object.fromEntries(parts) as Record<StepColumn, StepValues> };
}

/** Sends live ticks and compares their steps with the trainer's over history and live ticks. */
async function compare(symbol: string, past: readonly Tick[], live: readonly Tick[]): Promise<number> {
  const [champion] = await readBundledModels(grid);
  const traced = (await tracedReplay(baseUrl, live, () => undefined)).get(symbol)!;
  const trainer = trainerSteps([...past, ...live], { grid, label: champion!.manifest.label });
  const differences = new Differences();
  differences.compareSteps(symbol, traced.steps, tail(trainer, traced.steps.count));
  expect(differences).toEqual({ count: 0, largest: 0, first: undefined });
  return traced.steps.count;
}

describe("a gateway on a grid of a minute", () => {
  it("predicts in less than a minute after its start, and goes on as the trainer computes it", async () => {
    const startedMs = performance.now();
    await startGateway();
    const runningMs = performance.now();
    exchange.market = new RestMarket(Date.now());
    const init = { method: "POST", body: JSON.stringify({ from: "venue" }) };
    const { status, body } = await json(`/admin/symbols/${SYMBOL}/warm`, init);
    const { body: predicted } = await json(`/predict?symbol=${SYMBOL}`);
    const seconds = (fromMs: number): string => ((performance.now() - fromMs) / 1000).toFixed(1);
    console.log(
      `first probability ${seconds(startedMs)} s after the start, ${seconds(runningMs)} s after its first answer`,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ warm: { source: "coinbase", ticks: 4 * 1440 }, history: { requests: 5, cut: null } });
    expect(predicted).toMatchObject({ probability: expect.any(Number), warm: { source: "coinbase", steps: 1439 } });
    const toMs = body.warm.to_ms + 1;
    const live = liveTicks(SYMBOL, toMs);
    const steps = await compare(SYMBOL, history(SYMBOL, toMs), live);
    // The first live tick closes the history's last step.
    expect(steps).toBe(LIVE_MINUTES);
  });

  it("has the same history after a restart", async () => {
    const before = (await json(`/predict?symbol=${SYMBOL}`)).body;
    await gateway!.stop();
    await startGateway();
    const after = (await json(`/predict?symbol=${SYMBOL}`)).body;
    const { prediction_id, probability, tau_bps, ts, warm } = before;
    expect(after).toMatchObject({ prediction_id, probability, tau_bps, ts, warm });
  });

  it("takes a history from a file, and goes on as the trainer computes it", async () => {
    const toMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const past = history("FILED", toMs);
    const path = join(folder, "filed.ndjson");
    writeFileSync(path, past.map((tick) => `${JSON.stringify(tickJson(tick))}\n`).join(""));
    const printed: string[] = [];
    const output = { print: (line: string) => void printed.push(line), note: () => undefined };
    expect(await runWarm(parseWarmOptions([path, "--url", baseUrl], {}), output)).toBe(true);
    expect(printed.join("\n")).toMatch(/^FILED: 1,439 steps of 5,760 ticks \(5,760 sent\), .*; probability 0\.\d+$/);
    expect(await compare("FILED", past, liveTicks("FILED", toMs))).toBe(LIVE_MINUTES);
    // It has ticks now.
    expect(await runWarm(parseWarmOptions([path, "--url", baseUrl], {}), output)).toBe(false);
    expect(printed.at(-1)).toContain("FILED: not warmed: ");
  });
});
