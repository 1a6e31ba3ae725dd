// The figures of the alerts object for a scrape, kept per isolate for `READ_CACHE_MS`.
import { alertsOf } from "../clients/alerts.ts";
import { CachedReads } from "../clients/cached-reads.ts";
import type { AlertFiguresOfAll } from "../durable/alerts/object.ts";
import { type Env, settingsOf } from "../settings.ts";

const kept = new CachedReads<AlertFiguresOfAll>(1);

/** Throws what the object throws, or that it does not answer. */
export async function keptAlertFigures(env: Env): Promise<AlertFiguresOfAll> {
  const { readCacheMs } = settingsOf(env);
  const times = { freshMs: readCacheMs, staleMs: 3 * readCacheMs, retryMs: readCacheMs };
  return await kept.of("alerts", times).get(async () => await alertsOf(env).figures(), readCacheMs);
}
