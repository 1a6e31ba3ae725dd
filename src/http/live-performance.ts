// GET /metrics/live-performance: one model's live quality over all symbols, under the names that clients of the service
// before this one read, with what such a figure must never be shown without.
import { Hono } from "hono";
import { askSymbols } from "../durable/ask-symbols.ts";
import { listSymbols, symbolExists } from "../durable/directory-object.ts";
import { modelsReady } from "../durable/model-refresh.ts";
import { type PooledPerformance, poolPerformance } from "../durable/pooled-performance.ts";
import type { SymbolFigures } from "../durable/symbol-figures.ts";
import type { SymbolQuality } from "../durable/symbol-quality.ts";
import { modelHost } from "../model/model-host.ts";
import type { AppEnv } from "./app-env.ts";
import { readSymbol, unknownSymbol } from "./predict.ts";
import { type WindowName, readWindow } from "./quality.ts";

type Figures = SymbolFigures["aliases"][number];
type Series = SymbolQuality["windows"][number]["labels"][number]["series"][number];

const HOURS: Readonly<Record<WindowName, number>> = { "1h": 1, "24h": 24, "30d": 720 };

const POOLING =
  "Counts of predictions and outcomes are summed over the symbols, so that one with more resolved steps weighs more. " +
  "Markets move together: an event that several symbols share is counted once for each of them among the episodes.";

export const livePerformance = new Hono<AppEnv>().get("/metrics/live-performance", async (c) => {
  const window = readWindow(c.req.query("window"));
  const asked = c.req.query("symbol");
  const only = asked === undefined ? undefined : readSymbol(asked);
  if (only !== undefined && !(await symbolExists(c.env, only))) throw unknownSymbol(only);
  await modelsReady(c.env, (work) => c.executionCtx.waitUntil(work));
  const champion = modelHost.serving.byAlias.champion?.manifest;
  const symbols = only === undefined ? await listSymbols(c.env, Date.now()) : [only];
  const answers = await askSymbols(
    c.env,
    symbols,
    { event: "live_performance_symbol_failed" },
    async (stub) => (await stub.figures([window], true)) as SymbolFigures | undefined,
  );
  const own = answers.map(({ symbol, answer, failed }) => {
    const figures = answer?.aliases.find(({ alias }) => alias === "champion");
    return { symbol, figures, reason: whyLeftOut(figures, failed, champion?.onnxSha256) };
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
    return c.json({ status: "no_data", message, sample_count: 0, ...base });
  }
  const [alone] = used;
  const series = used.length === 1 ? await intervalsOf(c.env, alone!.symbol, window, alone!.figures.sha256) : undefined;
  return c.json({ status: "success", ...shapePooled(pooled, used, series), ...base });
});

function whyLeftOut(figures: Figures | undefined, failed: boolean, champion: string | undefined): string | null {
  if (failed) return "its object did not answer";
  if (champion === undefined) return "no model is champion";
  if (figures === undefined) return "no step has been scored by the champion";
  if (figures.sha256 !== champion) return "another champion serves it still";
  return figures.resolved === 0 ? "no label has come yet" : null;
}

/** A single symbol's own intervals: over several there are none. */
async function intervalsOf(env: AppEnv["Bindings"], symbol: string, window: WindowName, sha256: string) {
  const quality = (await env.SYMBOLS.get(env.SYMBOLS.idFromName(symbol)).quality([window])) as
    SymbolQuality | undefined;
  const series = quality?.windows[0]?.labels.flatMap((label) => label.series);
  return series?.find((one) => one.sha256 === sha256);
}

function shapePooled(
  pooled: PooledPerformance,
  used: readonly { readonly symbol: string; readonly figures: Figures }[],
  own: Series | undefined,
): Record<string, unknown> {
  const { confusion, resolved, positives, episodes, baseRate, prAuc, lift, rocAuc, brier, ece } = pooled;
  return {
    metrics: {
      pr_auc: prAuc,
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
    blocks: Math.max(...used.map(({ figures }) => figures.blocks)),
    intervals:
      own === undefined
        ? null
        : { pr_auc: own.prAuc, lift: own.lift, roc_auc: own.rocAuc, brier: own.brier, ece: own.ece },
    missing: missingWords(pooled, used.length),
  };
}

function missingWords({ prAuc, precision, recall, positives, resolved, brier }: PooledPerformance, symbols: number) {
  const missing: string[] = [];
  if (symbols > 1) missing.push("intervals: ask for one symbol; none are made over several");
  if (prAuc === null) missing.push(`pr_auc, lift, roc_auc: ${positives} spikes among ${resolved} resolved steps`);
  if (precision === null) missing.push("precision: no probability reached the threshold");
  if (recall === null) missing.push("recall: no spike");
  if (brier === null) missing.push("brier: a symbol has fewer than 2 blocks with resolved steps");
  return missing;
}

function shapeSymbol(symbol: string, figures: Figures | undefined, reason: string | null): Record<string, unknown> {
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
  };
}
