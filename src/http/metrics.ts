// GET /metrics: what all isolates counted, and every symbol's own figures, asked of its object.
// GET /metrics/targets: the scrapes that it takes to have all symbols, for Prometheus' service discovery.
import { type Context, Hono } from "hono";
import build from "../../dist/build.json" with { type: "json" };
import { listSymbols, unreadBuckets } from "../clients/directory.ts";
import { readCounts } from "../clients/metrics.ts";
import { registryOf } from "../clients/registry.ts";
import { gatewayHealth } from "../health/gateway-health.ts";
import { knownReports, refreshReports } from "../health/health-object.ts";
import { keptExperimentFigures } from "../jobs/experiment/kept-experiment-figures.ts";
import { logError } from "../log.ts";
import { modelsReady } from "../model-refresh.ts";
import { type ExpositionFormat, type Family, familyLines, textStream } from "../scrape/exposition.ts";
import {
  alertFamilies,
  degradedFamily,
  experimentFamilies,
  scrapeFamilies,
  watchFamilies,
} from "../scrape/gateway-families.ts";
import { feedFamilies } from "../scrape/feed-families.ts";
import { isolateFamilies } from "../scrape/isolate-families.ts";
import { negotiateFormat } from "../scrape/negotiate-format.ts";
import { countFamilies } from "../scrape/summed-families.ts";
import { settingsOf } from "../settings.ts";
import { shardCount } from "../scrape/shard-count.ts";
import { symbolLines, type SymbolRow } from "../scrape/symbol-rows.ts";
import type { AppEnv } from "./app-env.ts";
import { keptFeedReports } from "./kept-feed-reports.ts";
import { keptAlertFigures } from "./kept-alert-figures.ts";
import { metricsContract, metricsTargetsContract } from "./metrics-schema.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { scrapedRows } from "./scraped-rows.ts";

export const metrics = new Hono<AppEnv>()
  .get(metricsContract.path, async (c) => {
    const { shard: asked } = (await readRequest(c, metricsContract)).query;
    const all = await listSymbols(c.env);
    const [shard, shards] = asked ?? [0, shardCount(all.length)];
    const symbols = all.filter((_, i) => i % shards === shard);
    const unscraped = asked === undefined ? all.length - symbols.length : 0;
    const [rows, gateway] = await Promise.all([
      scrapedRows(c.env, symbols),
      shard === 0 ? gatewayFamilies(c, { symbols: all.length, shards, unscraped }) : [],
    ]);
    const format = negotiateFormat(c.req.header("Accept"));
    return c.body(textStream(scrapeLines(gateway, rows, format)), 200, {
      "Content-Type": format.mediaType,
      Vary: "Accept",
    });
  })
  .get(metricsTargetsContract.path, async (c) => {
    const { host, protocol } = new URL(c.req.url);
    const shards = shardCount((await listSymbols(c.env)).length);
    const targets = Array.from({ length: shards }, (_, shard) => ({
      targets: [host],
      labels: {
        __scheme__: protocol.slice(0, -1),
        __metrics_path__: metricsContract.path,
        __param_shard: `${shard}/${shards}`,
        shard: String(shard),
      },
    }));
    return sendAnswer(c, metricsTargetsContract, targets);
  });

async function gatewayFamilies(
  c: Context<AppEnv>,
  facts: Omit<Parameters<typeof scrapeFamilies>[0], "build">,
): Promise<Family[]> {
  const [counts, alerts, experiment, watches, feeds] = await Promise.all([
    answerOrNone("metrics_counts_failed", readCounts(c.env)),
    answerOrNone("metrics_alerts_failed", keptAlertFigures(c.env)),
    answerOrNone("metrics_experiment_failed", keptExperimentFigures(c.env)),
    answerOrNone("metrics_watches_failed", registryOf(c.env).readWatches()),
    answerOrNone("metrics_feeds_failed", keptFeedReports(c.env)),
    modelsReady(c.env, (work) => c.executionCtx.waitUntil(work)).then(() => refreshReports(c.env)),
  ]);
  const reports = knownReports();
  return [
    ...scrapeFamilies({ ...facts, build }),
    ...countFamilies(counts),
    ...isolateFamilies(reports, unreadBuckets()),
    ...alertFamilies(alerts),
    ...experimentFamilies(experiment),
    ...watchFamilies(watches, settingsOf(c.env).engine.grid.stepMs),
    ...feedFamilies(feeds ?? []),
    degradedFamily(gatewayHealth(reports).reasons),
  ];
}

function* scrapeLines(
  gateway: readonly Family[],
  rows: readonly SymbolRow[],
  format: ExpositionFormat,
): Generator<string> {
  for (const family of gateway) yield* familyLines(family, format);
  yield* symbolLines(rows, format);
  yield format.end;
}

async function answerOrNone<T>(event: string, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    logError(event, { error: String(error) });
    return undefined;
  }
}
