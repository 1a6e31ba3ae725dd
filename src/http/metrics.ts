// GET /metrics: what this isolate counted, and every symbol's own figures, asked of its object.
import { type Context, Hono } from "hono";
import { objectTimeouts } from "../clients/deadlined.ts";
import { listSymbols, unreadBuckets } from "../clients/directory.ts";
import { gatewayHealth } from "../health/gateway-health.ts";
import { knownReports, refreshReports } from "../health/health-object.ts";
import { keptExperimentFigures } from "../jobs/experiment/kept-experiment-figures.ts";
import { logError } from "../log.ts";
import { modelsReady } from "../model-refresh.ts";
import { EXPOSITION_TYPE, type Family, familyLines, textStream } from "../scrape/exposition.ts";
import { alertFamilies, degradedFamily, experimentFamilies } from "../scrape/gateway-families.ts";
import { feedFamilies } from "../scrape/feed-families.ts";
import { isolateFamilies } from "../scrape/isolate-families.ts";
import { countedFamilies } from "../scrape/isolate-metrics.ts";
import { symbolLines, type SymbolRow } from "../scrape/symbol-rows.ts";
import type { AppEnv } from "./app-env.ts";
import { keptFeedReports } from "./kept-feed-reports.ts";
import { keptAlertFigures } from "./kept-alert-figures.ts";
import { metricsContract } from "./metrics-schema.ts";
import { readRequest } from "./read-request.ts";
import { scrapedRows } from "./scraped-rows.ts";

export const metrics = new Hono<AppEnv>().get(metricsContract.path, async (c) => {
  const [shard, shards] = (await readRequest(c, metricsContract)).query.shard;
  const symbols = (await listSymbols(c.env)).filter((_, i) => i % shards === shard);
  const [rows, gateway] = await Promise.all([scrapedRows(c.env, symbols), shard === 0 ? gatewayFamilies(c) : []]);
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
  await refreshReports(c.env);
  const reports = knownReports();
  const isolate = [...countedFamilies({ timeouts: objectTimeouts }), ...isolateFamilies(reports, unreadBuckets())];
  const health = shard === 0 ? [degradedFamily(gatewayHealth(reports).reasons)] : [];
  return c.body(textStream(scrapeLines(isolate, rows, [...gateway, ...health])), 200, {
    "Content-Type": EXPOSITION_TYPE,
  });
});

async function gatewayFamilies(c: Context<AppEnv>): Promise<Family[]> {
  const [alerts, experiment, feeds] = await Promise.all([
    answerOrNone("metrics_alerts_failed", keptAlertFigures(c.env)),
    answerOrNone("metrics_experiment_failed", keptExperimentFigures(c.env)),
    answerOrNone("metrics_feeds_failed", keptFeedReports(c.env)),
  ]);
  return [...alertFamilies(alerts), ...experimentFamilies(experiment), ...feedFamilies(feeds ?? [])];
}

function* scrapeLines(
  isolate: readonly Family[],
  rows: readonly SymbolRow[],
  gateway: readonly Family[],
): Generator<string> {
  for (const family of isolate) yield* familyLines(family);
  yield* symbolLines(rows);
  for (const family of gateway) yield* familyLines(family);
}

async function answerOrNone<T>(event: string, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    logError(event, { error: String(error) });
    return undefined;
  }
}
