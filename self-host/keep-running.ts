// Keeps a server process running: starts it again when it ends or no longer answers, later and later while that helps
// nothing.
import { setTimeout as sleep } from "node:timers/promises";
import { GatewayProcess, GatewayProcessError } from "../local-gateway/gateway-process.ts";
import { ROOT } from "../local-gateway/wrangler-dev.ts";

const READY_WITHIN_MS = 60_000;
const PROBE_EVERY_MS = 5_000;
const PROBE_WITHIN_MS = 10_000;
/** Missed probes in a row after which the process counts as hung. */
const MOST_MISSED = 3;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** After so long a life the pause is the first one again. */
const GOOD_LIFE_MS = 60_000;

export interface KeptProcess {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether the process answers. */
  readonly probe: (withinMs: number) => Promise<boolean>;
  readonly beforeStart: () => void;
  /** Called when it answers for the first time. */
  readonly onAnswering: () => void;
  /** Ends the process, and the wait for it. */
  readonly stop: AbortSignal;
  /** Takes the process's output, and remarks. */
  readonly print: (line: string) => void;
  readonly note: (line: string) => void;
}

/**
 * Runs until `stop` is aborted.
 * @throws GatewayProcessError when the first start fails: a mistake in the configuration, or a port that is taken.
 */
export async function keepRunning(kept: KeptProcess): Promise<void> {
  const { stop, note } = kept;
  let pauseMs = FIRST_PAUSE_MS;
  for (let starts = 0; !stop.aborted; starts++) {
    const startedAt = performance.now();
    kept.beforeStart();
    const child = new GatewayProcess({
      ...{ command: kept.command, env: kept.env, cwd: ROOT },
      onLine: kept.print,
    });
    let why: string;
    try {
      await answering(child, kept);
      if (starts === 0 && !stop.aborted) kept.onAnswering();
      why = await endOf(child, kept);
    } catch (error) {
      if (starts === 0 || !(error instanceof GatewayProcessError)) throw error;
      why = error.message;
    } finally {
      await child.stop();
    }
    if (stop.aborted) return;
    if (performance.now() - startedAt > GOOD_LIFE_MS) pauseMs = FIRST_PAUSE_MS;
    note(`${why}; it is started again in ${pauseMs / 1000} s`);
    await sleep(pauseMs, undefined, { signal: stop }).catch(() => undefined);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
  }
}

/** Waits until the process ends, hangs, or shall stop; says which. */
async function endOf(child: GatewayProcess, { probe, stop }: KeptProcess): Promise<string> {
  let ended: string | undefined;
  void child.ended.then((how) => (ended = how));
  const over = Promise.race([child.ended, new Promise((done) => stop.addEventListener("abort", done, { once: true }))]);
  let missed = 0;
  while (ended === undefined && !stop.aborted) {
    await Promise.race([over, sleep(PROBE_EVERY_MS, undefined, { ref: false })]);
    if (ended !== undefined || stop.aborted) break;
    missed = (await probe(PROBE_WITHIN_MS)) ? 0 : missed + 1;
    if (missed >= MOST_MISSED) return `workerd has not answered ${MOST_MISSED} times`;
  }
  return `workerd ${ended ?? "was stopped"}`;
}

/** @throws GatewayProcessError when the process ends first, or the time is up. */
async function answering(child: GatewayProcess, { probe, stop }: KeptProcess): Promise<void> {
  let ended: string | undefined;
  void child.ended.then((how) => (ended = how));
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!stop.aborted) {
    if (await probe(PROBE_WITHIN_MS)) return;
    if (ended !== undefined) throw new GatewayProcessError(`workerd ${ended}`);
    if (performance.now() > deadline) {
      throw new GatewayProcessError(`workerd did not answer within ${READY_WITHIN_MS / 1000} s`);
    }
    await sleep(50, undefined, { signal: stop }).catch(() => undefined);
  }
}
