// GET /metrics/live-performance: one model's live quality over all symbols, under the names that clients of the service
// before this one read, with what such a figure must never be shown without.
import { Hono } from "hono";
import { CachedReads } from "../clients/cached-reads.ts";
import { askSymbols } from "../clients/symbols.ts";
import { listSymbols, symbolExists } from "../clients/directory.ts";
import { modelsReady } from "../model-refresh.ts";
import { type PooledIntervals, poolIntervals } from "../jobs/live-performance/pooled-intervals.ts";
import { type PooledPerformance, poolPerformance } from "../jobs/live-performance/pooled-performance.ts";
import { LEFT_OUT, whyLeftOut } from "../jobs/live-performance/why-left-out.ts";
import type { AliasFigures } from "../durable/symbol/evaluation/symbol-figures.ts";
import type { Manifest } from "../model/manifest.ts";
import { hostFor } from "../model/grid-hosts.ts";
import type { WindowName } from "../quality/window-quality.ts";
import { type Env, settingsOf } from "../settings.ts";
import type { AppEnv } from "./app-env.ts";
import type { AnswerOf, Immutable } from "./contract.ts";
import { askedEnv } from "./grid-view.ts";
import {
  livePerformanceContract,
  type PooledPerformanceAnswer,
  type SymbolPerformance,
} from "./live-performance-schema.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { unknownSymbol } from "./unknown-symbol.ts";

const HOURS: Readonly<Record<WindowName, number>> = { "1h": 1, "24h": 24, "30d": 720 };

/** Over more symbols there are no intervals: each sends some 200 kB for a day. */
const MAX_INTERVAL_SYMBOLS = 32;

const POOLING =
  "Counts of predictions and outcomes are summed over the symbols, so that one with more resolved steps weighs more. " +
  "Markets move together: of the episodes that begin in a block of time, those of the symbol with the most are counted.";

type LivePerformance = AnswerOf<typeof livePerformanceContract>;

/** Answers of this isolate, for `READ_CACHE_MS`. */
const kept = new CachedReads<LivePerformance>(64);

export const livePerformance = new Hono<AppEnv>().get(livePerformanceContract.path, async (c) => {
  const { window, symbol: only, ...asked } = (await readRequest(c, livePerformanceContract)).query;
  const env = askedEnv(c.env, asked);
  if (only !== undefined && !(await symbolExists(c.env, only))) throw unknownSymbol(only);
  const settings = settingsOf(env);
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work), [settings.engine.grid]);
  const champion = hostFor(settings.engine.grid, settings).serving.byAlias.champion?.manifest;
  const freshMs = settings.readCacheMs;
  const key = [window, champion?.onnxSha256, only, settings.grid].join(" ");
  const entry = kept.of(key, { freshMs, staleMs: 3 * freshMs, retryMs: freshMs });
  const answer = await entry.get(() => pooledAnswer(env, champion, window, only), freshMs);
  return sendAnswer(c, livePerformanceContract, answer);
});

/** Asks the objects. @param only one symbol; absent: all of them. */
async function pooledAnswer(
  env: Env,
  champion: Manifest | undefined,
  window: WindowName,
  only: string | undefined,
): Promise<LivePerformance> {
  const symbols = only === undefined ? await listSymbols(env) : [only];
  const answers = await askSymbols(env, symbols, { event: "live_performance_symbol_failed" }, (stub) =>
    stub.figures([window], true, settingsOf(env).grid),
  );
  const own = answers.map(({ symbol, answer, failed }) => {
    const figures = answer?.aliases.find(({ alias }) => alias === "champion");
    if (answer === null) return { symbol, figures, reason: LEFT_OUT.noGrid };
    return { symbol, figures, reason: whyLeftOut({ answer, failed }, figures, champion?.onnxSha256) };
  });
  const used = own.flatMap(({ symbol, figures, reason }) => (figures && reason === null ? [{ symbol, figures }] : []));
  const pooled = poolPerformance(used.map(({ figures }) => figures));
  const base = {
    time_window_hours: HOURS[window],
    window,
    model_version: champion?.version ?? null,
    model_sha256: champion?.onnxSha256 ?? null,
    timestamp: new Date().toISOString(),
    pooling: POOLING,
    symbols: own.map(({ symbol, figures, reason }) => shapeSymbol(symbol, figures, reason)),
  };
  if (pooled === null) {
    const message = `No labelled predictions of the champion in the last ${HOURS[window]} hour(s)`;
    return { status: "no_data", message, sample_count: 0, ...base };
  }
  const intervals =
    used.length > MAX_INTERVAL_SYMBOLS
      ? null
      : await intervalsOver(
          env,
          used.map(({ symbol }) => symbol),
          window,
          champion!.onnxSha256,
          pooled,
        );
  const figures = shapePooled(pooled, used, intervals);
  return { status: "success", ...figures, ...base };
}

/** Intervals over all these symbols, by blocks of time; `null` when an object did not answer. */
async function intervalsOver(
  env: AppEnv["Bindings"],
  symbols: readonly string[],
  window: WindowName,
  sha256: string,
  pooled: PooledPerformance,
): Promise<PooledIntervals | null> {
  const answers = await askSymbols(env, symbols, { event: "live_performance_symbol_failed" }, (stub) =>
    stub.blockRows(window, sha256, settingsOf(env).grid),
  );
  if (answers.some(({ failed }) => failed)) return null;
  return poolIntervals(
    answers.flatMap(({ answer }) => (answer === undefined ? [] : [answer])),
    pooled,
  );
}

function shapePooled(
  pooled: PooledPerformance,
  used: readonly { readonly symbol: string; readonly figures: AliasFigures }[],
  pooledIntervals: PooledIntervals | null,
): Immutable<PooledPerformanceAnswer> {
  const { confusion, resolved, positives, episodes, baseRate, prAuc, lift, rocAuc, brier, ece } = pooled;
  const intervals = pooledIntervals?.figures ?? null;
  return {
    metrics: {
      pr_auc: prAuc,
      pr_auc_bounds: pooled.prAucBounds,
      precision: pooled.precision,
      recall: pooled.recall,
      f1_score: pooled.f1,
      true_positives: confusion.tp,
      false_positives: confusion.fp,
      true_negatives: confusion.tn,
      false_negatives: confusion.fn,
      lift,
      roc_auc: rocAuc,
      brier,
      ece,
    },
    confusion_matrix: [
      [confusion.tn, confusion.fp],
      [confusion.fn, confusion.tp],
    ],
    sample_count: resolved,
    positive_samples: positives,
    negative_samples: resolved - positives,
    spike_rate: baseRate,
    base_rate: baseRate,
    episodes,
    symbol_count: used.length,
    blocks: pooledIntervals?.blocks ?? Math.max(...used.map(({ figures }) => figures.blocks)),
    intervals:
      intervals === null
        ? null
        : {
            pr_auc: intervals.prAuc,
            lift: intervals.lift,
            roc_auc: intervals.rocAuc,
            brier: intervals.brier,
            ece: intervals.ece,
          },
    missing: missingWords(pooled, used.length, pooledIntervals),
  };
}

function missingWords(
  { prAuc, precision, recall, positives, resolved }: PooledPerformance,
  symbols: number,
  intervals: PooledIntervals | null,
): string[] {
  const missing: string[] = [];
  if (symbols > MAX_INTERVAL_SYMBOLS) {
    missing.push(`intervals: made over at most ${MAX_INTERVAL_SYMBOLS} symbols, these are ${symbols}; ask for one`);
  } else if (intervals === null) missing.push("intervals: a symbol's object did not answer");
  else if (intervals.blocks < 2) missing.push("intervals: 1 block of time with resolved steps, at least 2 are needed");
  else if (intervals.figures.brier === null) {
    missing.push("intervals: spikes are in fewer than two groups of blocks");
  } else if (prAuc !== null && intervals.figures.prAuc === null) {
    missing.push("intervals of pr_auc, lift, roc_auc: calm steps are in too few blocks");
  }
  if (prAuc === null) missing.push(`pr_auc, lift, roc_auc: ${positives} spikes among ${resolved} resolved steps`);
  if (precision === null) missing.push("precision: no probability reached the threshold");
  if (recall === null) missing.push("recall: no spike");
  return missing;
}

function shapeSymbol(
  symbol: string,
  figures: AliasFigures | undefined,
  reason: string | null,
): Immutable<SymbolPerformance> {
  if (figures === undefined) return { symbol, included: false, reason };
  return {
    symbol,
    included: reason === null,
    reason,
    sample_count: figures.resolved,
    pending: figures.pending,
    void: figures.voids,
    base_rate: figures.baseRate,
    episodes: figures.episodes,
    blocks: figures.blocks,
    tau_bps_mean: figures.tauBps,
    pr_auc: figures.prAuc,
    lift: figures.lift,
    brier: figures.brier,
    ece: figures.ece,
    missing: reason === null ? missingOfSymbol(figures) : null,
  };
}

/** Why a symbol that is included has no figures of its own; `null` if it has them. */
function missingOfSymbol({ blocks, prAuc }: AliasFigures): string | null {
  if (blocks < 2) return "figures: 1 block with resolved steps, at least 2 are needed; its steps count in the sums";
  return prAuc === null ? "pr_auc, lift: they need spikes and calm steps" : null;
}
