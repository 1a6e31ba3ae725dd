// Kills workerd again and again while ticks come in, and counts what was lost or applied twice: both counts must be 0,
// and every later score must be that of a process that was never killed.
import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { tickJson } from "../gateway-client/tick-json.ts";
import type { Tick } from "../src/features/tick.ts";

/** A gateway that can be killed and started again on its state. */
export interface KillableServer {
  readonly url: string;
  start(): Promise<void>;
  /** Kills it with SIGKILL and waits until it answers no more. */
  kill(): Promise<void>;
}

export interface KillResult {
  kills: number;
  ticksSent: number;
  ticksAcknowledged: number;
  /** Batches without an answer that were sent again, and those of them that had already been applied. */
  resent: number;
  resentApplied: number;
  lost: number;
  appliedTwice: number;
  /** Steps closed after the last kill, traced on both sides: rows, thresholds, labels and scores. */
  tracedSteps: number;
  /** The live probability at the end, `null` while the symbol was still warming up. */
  probability: number | null;
  /** Whether those traces, the counts and the live prediction equal those of the process that was never killed. */
  same: boolean;
}

export interface KillOptions {
  readonly kills: number;
  readonly symbol: string;
  /** Endless batches in order of time, no two ticks equal: a duplicate would hide a tick applied twice. */
  readonly batches: Iterator<readonly Tick[], undefined>;
  /** Time until the next kill, ms. */
  readonly lifeMs: () => number;
  readonly onKill?: (kills: number) => void;
}

/** Batches after the last kill that are traced on both sides. */
const TRACED_BATCHES = 10;

/** Feeds `victim` while killing it, and `control` without kills, then compares both. Both must be stopped and empty. */
export async function runKills(
  victim: KillableServer,
  control: KillableServer,
  options: KillOptions,
): Promise<KillResult> {
  const { symbol, batches } = options;
  const { sent, resent, resentApplied, acknowledged } = await feedUnderKills(victim, options);
  await control.start();
  for (const [i, batch] of sent.entries()) await post(control, batch, i + 1);
  const traced = Array.from({ length: TRACED_BATCHES }, () => batches.next().value!);
  const traces = [await trace(victim, traced, sent.length), await trace(control, traced, sent.length)] as const;
  const [killed, never] = [await stateOf(victim, symbol), await stateOf(control, symbol)];
  const ticksSent = [...sent, ...traced].reduce((sum, batch) => sum + batch.length, 0);
  const { accepted, duplicate, late, outlier, price_outlier } = killed.ticks;
  const known = accepted + late + duplicate + outlier + price_outlier + traces[0].held;
  return {
    kills: options.kills,
    ticksSent,
    ticksAcknowledged: acknowledged + traces[0].acknowledged,
    resent,
    resentApplied,
    lost: Math.max(0, ticksSent - known),
    appliedTwice: duplicate + late + Math.max(0, accepted - ticksSent),
    tracedSteps: never.steps_closed - traces[1].before,
    probability: killed.probability,
    same:
      isDeepStrictEqual(traces[0].answers, traces[1].answers) &&
      isDeepStrictEqual(comparable(killed), comparable(never)),
  };
}

interface Fed {
  /** Every batch, once. */
  readonly sent: (readonly Tick[])[];
  /** Ticks whose batch was answered 200. */
  acknowledged: number;
  resent: number;
  resentApplied: number;
}

async function feedUnderKills(victim: KillableServer, options: KillOptions): Promise<Fed> {
  const { kills, batches, lifeMs, onKill } = options;
  const fed: Fed = { sent: [], acknowledged: 0, resent: 0, resentApplied: 0 };
  let unacknowledged: readonly Tick[] | undefined;
  for (let life = 0; life <= kills; life++) {
    await victim.start();
    if (unacknowledged !== undefined) {
      const { duplicate } = await post(victim, unacknowledged, fed.sent.length + 1);
      fed.sent.push(unacknowledged);
      fed.acknowledged += unacknowledged.length;
      fed.resent += 1;
      if (duplicate === unacknowledged.length) fed.resentApplied += 1;
    }
    if (life === kills) return fed;
    const killed = sleep(lifeMs()).then(() => victim.kill());
    unacknowledged = await sendUntilDown(victim, batches, fed);
    await killed;
    onKill?.(life + 1);
  }
  return fed;
}

/** Sends batch after batch until the process is gone; returns the one whose answer never came. */
async function sendUntilDown(
  victim: KillableServer,
  batches: Iterator<readonly Tick[], undefined>,
  fed: Fed,
): Promise<readonly Tick[]> {
  for (;;) {
    const batch = batches.next().value!;
    try {
      await post(victim, batch, fed.sent.length + 1);
    } catch (error) {
      if (error instanceof UnexpectedAnswer) throw error;
      return batch;
    }
    fed.sent.push(batch);
    fed.acknowledged += batch.length;
  }
}

/** The process runs and answered with a status other than 200. */
class UnexpectedAnswer extends Error {}

interface Answer {
  readonly duplicate: number;
  readonly held: number;
  readonly symbols: unknown;
}

async function post(server: KillableServer, batch: readonly Tick[], seq: number, headers = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/ingest`, {
    method: "POST",
    headers: { "X-Producer-Id": "kill-test", "X-Producer-Seq": String(seq), ...headers },
    body: JSON.stringify(batch.map(tickJson)),
  });
  const text = await response.text();
  if (response.status !== 200) throw new UnexpectedAnswer(`POST /ingest: ${response.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as Answer;
}

async function trace(server: KillableServer, batches: readonly (readonly Tick[])[], after: number) {
  const before = (await stateOf(server, batches[0]![0]!.symbol)).steps_closed;
  const answers: unknown[] = [];
  let acknowledged = 0;
  let held = 0;
  for (const [i, batch] of batches.entries()) {
    const answer = await post(server, batch, after + i + 1, { "X-Volgate-Trace": "steps" });
    answers.push(answer.symbols);
    acknowledged += batch.length;
    held = answer.held;
  }
  return { before, answers, acknowledged, held };
}

interface SymbolState {
  readonly ticks: Readonly<Record<"accepted" | "duplicate" | "late" | "outlier" | "price_outlier", number>>;
  readonly steps_closed: number;
  readonly prediction_id: string | null;
  readonly probability: number | null;
}

async function stateOf(server: KillableServer, symbol: string): Promise<SymbolState> {
  const response = await fetch(`${server.url}/symbols/${symbol}`);
  const text = await response.text();
  if (response.status !== 200) throw new UnexpectedAnswer(`GET /symbols/${symbol}: ${response.status} ${text}`);
  return JSON.parse(text) as SymbolState;
}

function comparable({ ticks, steps_closed, prediction_id, probability }: SymbolState): unknown {
  return { ticks, steps_closed, prediction_id, probability };
}
