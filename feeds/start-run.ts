// The whole of `npm start` without the process around it: port, default models, gateway, demonstration, end.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../command-line/user-error.ts";
import { aborted } from "./aborted.ts";
import { cronTriggers, ringCron, ringCrons } from "../local-gateway/cron-bell.ts";
import { publishDefaultModels } from "./default-models.ts";
import { runDemonstration } from "./demonstration.ts";
import { findFreePort } from "../local-gateway/free-port.ts";
import { GatewayProcess, GatewayProcessError } from "../local-gateway/gateway-process.ts";
import { StateLock } from "../local-gateway/state-lock.ts";
import type { StartOptions } from "./start-options.ts";
import { ROOT, wranglerDevCommand, wranglerDevEnvironment } from "../local-gateway/wrangler-dev.ts";

const DEFAULT_PORT = 8787;
const READY_WITHIN_MS = 120_000;

export interface StartContext {
  /** Stops everything; the run then ends normally. */
  readonly stop: AbortSignal;
  readonly print: (line: string) => void;
  /** Takes remarks and the gateway's output. */
  readonly note: (line: string) => void;
  /** The gateway's command line without its port; wrangler by default. */
  readonly command?: readonly string[];
  /** Whether the bundled models are put into an empty bucket first. */
  readonly publish?: boolean;
}

/**
 * Starts the gateway and runs until `stop` is aborted or the options' time is over. No gateway is left when this
 * returns or throws; a publication that `stop` interrupted may still keep the process alive; the next start completes
 * it.
 *
 * @throws UserError when the port asked for is taken; StateInUseError when another gateway uses the folder of state.
 * @throws GatewayProcessError when the gateway ends by itself or does not answer; GatewayError when it is lost.
 */
export async function runStart(options: StartOptions, context: StartContext): Promise<void> {
  const startedMs = performance.now();
  // Before anything is written, so that a taken port fails at once; again below, because publishing takes seconds.
  await choosePort(options.port);
  const state = options.state ?? join(ROOT, ".wrangler", "state");
  const lock = new StateLock(state);
  try {
    await runLocked(options, context, { state, lock, startedMs });
  } finally {
    lock.release();
  }
}

interface LockedStart {
  readonly state: string;
  readonly lock: StateLock;
  readonly startedMs: number;
}

async function runLocked(options: StartOptions, context: StartContext, start: LockedStart): Promise<void> {
  const { print, note } = context;
  const { state, lock, startedMs } = start;
  if (context.publish !== false) await Promise.race([publishBundled(state, context), aborted(context.stop)]);
  if (context.stop.aborted) return;
  const port = await choosePort(options.port);
  if (options.port === undefined && port !== DEFAULT_PORT) note(`port ${DEFAULT_PORT} is taken; using ${port}`);
  const baseUrl = `http://127.0.0.1:${port}`;
  print(`starting the gateway at ${baseUrl}`);
  const gateway = new GatewayProcess({
    command: [...(context.command ?? wranglerDevCommand(state)), "--port", String(port)],
    cwd: ROOT,
    env: wranglerDevEnvironment(),
    onLine: (line) => note(`  ${line}`),
  });
  lock.answersAt(baseUrl);
  const over = new AbortController();
  const signal = AbortSignal.any([context.stop, over.signal]);
  let died: string | undefined;
  void gateway.ended.then((how) => {
    if (!signal.aborted) died = how;
    over.abort();
  });
  try {
    await gateway.answering(`${baseUrl}/health`, READY_WITHIN_MS, signal);
    if (!signal.aborted) {
      addresses(baseUrl, options.symbols[0]!).forEach(print);
      ringCrons({ ring: (cron) => ringCron(baseUrl, cron, signal), crons: cronTriggers(), signal, note });
      if (options.forSeconds !== undefined) void stopAfter(options.forSeconds, over);
      if (options.feed === "none") await aborted(signal);
      else await runDemonstration(options, { baseUrl, startedMs, signal, print });
    }
    if (died !== undefined) throw new GatewayProcessError(`the gateway ${died}`);
  } finally {
    over.abort();
    await gateway.stop();
  }
}

async function choosePort(wanted: number | undefined): Promise<number> {
  const port = await findFreePort(wanted ?? DEFAULT_PORT, wanted === undefined ? 50 : 1);
  if (port !== undefined) return port;
  if (wanted === undefined) throw new UserError(`no free port from ${DEFAULT_PORT} on: give one with --port`);
  throw new UserError(`--port: ${wanted} is taken`);
}

/** A gateway without them still serves the bundled models, so a failure here is only printed. */
async function publishBundled(state: string, { note, stop }: StartContext): Promise<void> {
  try {
    const count = await publishDefaultModels(state, join(ROOT, "src", "model", "bundled"));
    if (count > 0) note(`put ${count} default models into the empty local bucket`);
  } catch (error) {
    // Ctrl-C in a terminal ends workerd too, and its exit can be seen before the signal, which needs time to arrive.
    await sleep(20);
    if (!stop.aborted) note(`default models not published: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function addresses(baseUrl: string, symbol: string): string[] {
  const width = `/predict?symbol=${symbol}`.length;
  const line = (path: string, what: string) => `  ${baseUrl}${path.padEnd(width)}  ${what}`;
  return [
    line("/", "the dashboard: open it in a browser"),
    line(`/predict?symbol=${symbol}`, "the live prediction"),
    line("/symbols", "what is known of each symbol"),
    line("/health", "what does not work, models, notices"),
    line("/metrics", "for Prometheus"),
    line("/docs", "the HTTP API"),
  ];
}

async function stopAfter(seconds: number, over: AbortController): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
  over.abort();
}
