// What an isolate knows of the subscriptions to spikes. Symbols ask here at each batch, and nothing is read on the way
// of one but the first time: like the registry's aliases, what is known is some ten seconds old at most.
import { logError } from "../log.ts";
import { isFresh } from "../model/is-fresh.ts";
import type { Env } from "../settings.ts";
import type { WatchedSubscription } from "../spikes/spike-watch.ts";
import { alertsOf } from "./alerts.ts";
import { CachedRead } from "./cached-read.ts";

const READ_EVERY_MS = 10_000;
/** Pause after a failure. */
const RETRY_MS = 2_000;

/** `null`: they could not be read yet. */
const cached = new CachedRead<readonly WatchedSubscription[] | null>({ freshMs: RETRY_MS, staleMs: Infinity });
/** When the next read is due, wall-clock ms after `sinceMs`. */
let asked = { sinceMs: -Infinity, forMs: 0 };

/** The enabled ones, as read last; `undefined` where they could not be read yet. */
export function knownSubscriptions(): readonly WatchedSubscription[] | undefined {
  return cached.last ?? undefined;
}

/**
 * Waits for the isolate's first read; later ones go to `inBackground`. Never throws: what cannot be read stays as it is
 * known, and is read again two seconds later.
 */
export async function subscriptionsReady(env: Env, inBackground: (work: Promise<unknown>) => void): Promise<void> {
  if (cached.last === undefined) {
    await cached.get(() => read(env));
    return;
  }
  const nowMs = Date.now();
  if (isFresh(asked.sinceMs, asked.forMs, nowMs)) return;
  asked = { sinceMs: nowMs, forMs: READ_EVERY_MS };
  inBackground(readSubscriptions(env));
}

/** Reads them now: for the isolate that changed one. Never throws. */
export async function readSubscriptions(env: Env): Promise<void> {
  cached.set(await read(env));
}

/** What was known before, where the alerts object does not answer. */
async function read(env: Env): Promise<readonly WatchedSubscription[] | null> {
  try {
    const subscriptions = await alertsOf(env).watchedSubscriptions();
    asked = { sinceMs: Date.now(), forMs: READ_EVERY_MS };
    return subscriptions;
  } catch (error) {
    asked = { sinceMs: Date.now(), forMs: RETRY_MS };
    logError("subscriptions_not_read", { error: String(error) });
    return cached.last ?? null;
  }
}
