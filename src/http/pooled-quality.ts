// GET /quality: how good the served models are over all symbols, with intervals and what they stand on.
import { Hono } from "hono";
import { CachedReads } from "../clients/cached-reads.ts";
import { type PooledQuality, pooledQuality as readPooledQuality } from "../jobs/live-performance/pooled-quality.ts";
import { hostFor } from "../model/grid-hosts.ts";
import { modelsReady } from "../model-refresh.ts";
import { settingsOf } from "../settings.ts";
import { manyVoid } from "../words/missing-words.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable } from "./contract.ts";
import { askedEnv } from "./grid-view.ts";
import { type PooledQualityAnswer, pooledQualityContract } from "./pooled-quality-schema.ts";
import { blockSteps, INTERVAL_WORDS, labelShape, pairShape } from "./quality-shape.ts";
import { nameOf } from "./model-name.ts";
import { readRequest, sendAnswer } from "./read-request.ts";

const POOLING =
  "Counts, sums and score levels are added up over the symbols, so that one with more resolved steps weighs more. " +
  "Markets move together: a group of time over all symbols is one observation, and of the episodes that begin in a " +
  "block, those of the symbol with the most are counted.";

/** A day of a thousand symbols changes little in a minute, and costs each object some milliseconds. */
const FRESH_MS = 60_000;
const STALE_MS = 300_000;

/** Answers of this isolate. */
const kept = new CachedReads<Immutable<PooledQualityAnswer>>(64);

export const pooledQuality = new Hono<AppEnv>().get(pooledQualityContract.path, async (c) => {
  const { window, curves, ...asked } = (await readRequest(c, pooledQualityContract)).query;
  const env = askedEnv(c.env, asked);
  const settings = settingsOf(env);
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work), [settings.engine.grid]);
  const models = hostFor(settings.engine.grid, settings).serving;
  const shas = Object.values(models.byAlias).map(({ manifest }) => `${manifest.onnxSha256} ${manifest.threshold}`);
  const key = [window, curves, settings.grid, ...shas].join(" ");
  const freshMs = settings.readCacheMs === 0 ? 0 : FRESH_MS;
  const entry = kept.of(key, { freshMs, staleMs: STALE_MS, retryMs: settings.readCacheMs });
  const read = async () => shapePooled(await readPooledQuality(env, models, window, curves === "1"));
  return sendAnswer(c, pooledQualityContract, await entry.get(read, freshMs));
});

function shapePooled({
  stepMs,
  groupBlocks,
  models,
  window,
  symbols,
  partly,
}: PooledQuality): Immutable<PooledQualityAnswer> {
  return {
    symbol: null,
    timestamp: new Date().toISOString(),
    window: window.name,
    from: iso(window.fromMs),
    to: iso(window.toMs),
    step_ms: stepMs,
    block_steps: groupBlocks * blockSteps(window.name, stepMs),
    interval: INTERVAL_WORDS,
    pooling: POOLING,
    labels: window.labels.map((label) => labelShape(models, label, false)),
    pairs: window.pairs.map((pair) => pairShape(models, pair)),
    symbols,
    missing: missingWords({ stepMs, models, window, symbols, partly }),
  };
}

function missingWords({ stepMs, models, window, symbols, partly }: Omit<PooledQuality, "groupBlocks">): string[] {
  const missing = window.labels.flatMap((label) => manyVoid(label, stepMs, null) ?? []);
  const included = symbols.filter((one) => one.included).length;
  if (included === 0) missing.push(`labels: none of ${symbols.length} symbols has figures of the gateway's champion`);
  if (!models.some(({ aliases }) => aliases.includes("champion"))) missing.push("champion: no model holds the alias");
  if (included === 0) return missing;
  for (const { sha256, symbols: count } of partly) {
    const name = nameOf(models, sha256).aliases.join(", ");
    missing.push(`${name}: ${count} of ${included} symbols have steps of it, its figures are of those alone`);
  }
  return missing;
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
