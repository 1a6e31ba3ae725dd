// GET /metrics: what this isolate counted, and every symbol's own figures, asked of its object.
import { type Context, Hono } from "hono";
import { listSymbols } from "../durable/directory-object.ts";
import { modelsReady } from "../durable/model-refresh.ts";
import { modelHost } from "../model/model-host.ts";
import { renderFamilies } from "../metrics/exposition.ts";
import { modelFamilies } from "../metrics/model-metrics.ts";
import { type SymbolFigures, symbolFamilies } from "../metrics/symbol-metrics.ts";
import { isolateName, workerFamilies } from "../metrics/worker-metrics.ts";
import type { AppEnv } from "./app-env.ts";
import { Problem } from "./problem.ts";

/** Objects asked at the same time. */
const PARALLEL = 32;

export const metrics = new Hono<AppEnv>().get("/metrics", async (c) => {
  const [shard, shards] = parseShard(c.req.query("shard"));
  const names = (await listSymbols(c.env, Date.now())).filter((_, i) => i % shards === shard);
  const figures = await readFigures(c, names);
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
  const serving = Object.entries(modelHost.serving.byAlias).map(([alias, { manifest }]) => ({
    alias,
    version: manifest.version,
  }));
  const models = { serving, refused: modelHost.refusals, swaps: modelHost.swapCount };
  const families = [...workerFamilies(), ...modelFamilies(models, isolateName()), ...symbolFamilies(figures)];
  return c.text(renderFamilies(families), 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
});

async function readFigures(c: Context<AppEnv>, names: readonly string[]): Promise<SymbolFigures[]> {
  const figures: SymbolFigures[] = [];
  for (let from = 0; from < names.length; from += PARALLEL) {
    const some = names.slice(from, from + PARALLEL).map(async (symbol): Promise<SymbolFigures> => {
      try {
        const summary = await c.env.SYMBOLS.get(c.env.SYMBOLS.idFromName(symbol)).summary();
        return { symbol, summary };
      } catch (error) {
        // One object that does not answer must not take the scrape with it: it shows as volgate_symbol_up 0.
        console.error(JSON.stringify({ event: "metrics_symbol_failed", symbol, error: String(error) }));
        return { symbol, summary: undefined };
      }
    });
    figures.push(...(await Promise.all(some)));
  }
  return figures;
}

function parseShard(value: string | undefined): [number, number] {
  if (value === undefined) return [0, 1];
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? [];
  if (index === undefined || Number(index) >= Number(count)) {
    throw new Problem(400, "shard_malformed", `shard: got ${value}, expected i/n with 0 ≤ i < n`);
  }
  return [Number(index), Number(count)];
}
