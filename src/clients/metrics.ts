// What this isolate counted, on its way to the metrics object, and the sums over all isolates as that object has them.
import { CountFigures } from "../counting/count-figures.ts";
import { CountOutbox } from "../counting/count-outbox.ts";
import { type CountSumsShown, shownSumsSchema } from "../counting/count-sums.ts";
import { isCatalogued } from "../counting/series-count.ts";
import { lostCountBatches } from "../counting/isolate-counters.ts";
import { tally } from "../counting/tally.ts";
import { isolateName } from "../health/isolate-name.ts";
import { logWarning } from "../log.ts";
import { isFresh } from "../model/is-fresh.ts";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import { type Env, settingsOf } from "../settings.ts";
import { CachedReads } from "./cached-reads.ts";
import { deadlined } from "./deadlined.ts";

/** Between two sends of an isolate of the Worker, and of an isolate that has run an object alone. */
const PAUSE_MS = { worker: 5_000, object: 60_000 } as const;
/** A scrape does not wait longer for the sums. */
const DEADLINE_MS = 2_000;

const outbox = new CountOutbox(() => tally.take());
/** When the last send began. */
let sentMs = -Infinity;

function metricsOf(env: Env): ReturnType<Env["METRICS"]["get"]> {
  const stub = env.METRICS.get(env.METRICS.idFromName("metrics"));
  return deadlined(stub, { kind: "metrics", object: "metrics", ms: DEADLINE_MS });
}

/** Whether `sendCounts` would send. Cheap: for every request. */
export function areCountsDue(from: keyof typeof PAUSE_MS, nowMs: number): boolean {
  return !isFresh(sentMs, PAUSE_MS[from], nowMs);
}

/** Sends what this isolate counted, if that is due. Never throws: what does not arrive is sent again. */
export async function sendCounts(env: Env, from: keyof typeof PAUSE_MS): Promise<void> {
  if (!areCountsDue(from, Date.now())) return;
  const batches = outgoing();
  if (batches.length === 0) return;
  try {
    outbox.confirm(batches, await metricsOf(env).report(isolateName(), batches));
  } catch (error) {
    logWarning("counts_not_sent", { error: String(error) });
  }
}

const kept = new CachedReads<CountSumsShown>(1);

/**
 * The sums, those of this isolate to the moment of the read included; kept for `READ_CACHE_MS`. Throws what the object
 * throws.
 */
export async function readCounts(env: Env): Promise<CountSumsShown> {
  const { readCacheMs } = settingsOf(env);
  const times = { freshMs: readCacheMs, staleMs: 3 * readCacheMs, retryMs: readCacheMs };
  return await kept.of("sums", times).get(() => exchangeCounts(env), readCacheMs);
}

/** The same as figures. */
export async function readCountFigures(env: Env): Promise<CountFigures> {
  return new CountFigures(await readCounts(env));
}

async function exchangeCounts(env: Env): Promise<CountSumsShown> {
  const batches = outgoing();
  const { lastSeq, text } = await metricsOf(env).exchange(isolateName(), batches);
  outbox.confirm(batches, lastSeq);
  const refuse = (message: string): Error => new TypeError(message);
  const { sinceMs, series } = parseOrThrow(shownSumsSchema, JSON.parse(text), { name: "sums", refuse });
  return { sinceMs, series: series.filter(isCatalogued) };
}

function outgoing(): ReturnType<CountOutbox["outgoing"]>["batches"] {
  const nowMs = Date.now();
  sentMs = nowMs;
  const { batches, lost } = outbox.outgoing(nowMs);
  if (lost > 0) lostCountBatches.inc({}, lost);
  return batches;
}
