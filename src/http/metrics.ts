// GET /metrics: what this isolate counted, and every symbol's own figures, asked of its object.
import { Hono } from "hono";
import { alertsOf } from "../clients/alerts.ts";
import { askSymbols } from "../clients/symbols.ts";
import { listSymbols } from "../clients/directory.ts";
import { keptExperimentFigures } from "../jobs/experiment/kept-experiment-figures.ts";
import { modelsReady } from "../model-refresh.ts";
import { modelHost } from "../model/model-host.ts";
import { alertFamilies } from "../metrics/alert-metrics.ts";
import { experimentFamilies } from "../metrics/experiment-metrics.ts";
import { renderFamilies } from "../metrics/exposition.ts";
import { modelFamilies } from "../metrics/model-metrics.ts";
import { qualityFamilies } from "../metrics/quality-metrics.ts";
import { symbolFamilies } from "../metrics/symbol-metrics.ts";
import { isolateName, workerFamilies } from "../metrics/worker-metrics.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";
import { logError } from "../log.ts";

const WINDOWS = ["1h", "24h", "30d"] as const;

export const metrics = new Hono<AppEnv>().get("/metrics", async (c) => {
  const [shard, shards] = parseShard(c.req.query("shard"));
  const names = (await listSymbols(c.env, Date.now())).filter((_, i) => i % shards === shard);
  // An object that does not answer must not take the scrape with it: it shows as volgate_symbol_up 0.
  const [summaries, monitors, alerts, experiment] = await Promise.all([
    askSymbols(c.env, names, { event: "metrics_symbol_failed" }, (stub) => stub.summary()),
    askSymbols(c.env, names, { event: "metrics_figures_failed" }, (stub) => stub.figures(WINDOWS, false)),
    shard === 0 ? orNone("metrics_alerts_failed", alertsOf(c.env).figures()) : undefined,
    shard === 0 ? orNone("metrics_experiment_failed", keptExperimentFigures(c.env)) : undefined,
  ]);
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
  const serving = Object.entries(modelHost.serving.byAlias).map(([alias, { manifest }]) => ({
    alias,
    version: manifest.version,
  }));
  const models = { serving, refused: modelHost.refusals, swaps: modelHost.swapCount };
  const families = [
    ...workerFamilies(),
    ...modelFamilies(models, isolateName()),
    ...symbolFamilies(summaries.map(({ symbol, answer: summary }) => ({ symbol, summary }))),
    ...qualityFamilies(monitors.map(({ symbol, answer: monitor }) => ({ symbol, monitor }))),
    ...(shard === 0 ? alertFamilies(alerts) : []),
    ...experimentFamilies(experiment),
  ];
  return c.text(renderFamilies(families), 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
});

async function orNone<T>(event: string, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    logError(event, { error: String(error) });
    return undefined;
  }
}

function parseShard(value: string | undefined): [number, number] {
  if (value === undefined) return [0, 1];
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? [];
  if (index === undefined || Number(index) >= Number(count)) {
    throw new Problem(400, "shard_malformed", `shard: got ${value}, expected i/n with 0 ≤ i < n`);
  }
  return [Number(index), Number(count)];
}
