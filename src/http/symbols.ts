// GET /symbols and /symbols/:symbol: the directory, and what a symbol's object knows of itself.
import { Hono } from "hono";
import { listSymbols, symbolExists, unreadBuckets } from "../clients/directory.ts";
import { splitKey } from "../features/symbol-name.ts";
import type { SymbolSummary } from "../durable/symbol/reading/symbol-summary.ts";
import type { AppEnv } from "./app-env.ts";
import type { Immutable } from "./contract.ts";
import { readRequest, sendAnswer } from "./read-request.ts";
import { askedGrid, gridOfOthers } from "./grid-view.ts";
import { symbolListContract, type SymbolState, symbolStateContract } from "./symbols-schema.ts";
import { symbolAsAsked } from "./symbol-as-asked.ts";
import { unknownSymbol } from "./unknown-symbol.ts";
import { askSymbol } from "../clients/symbols.ts";

export const symbols = new Hono<AppEnv>()
  .get(symbolListContract.path, async (c) => {
    const names = await listSymbols(c.env);
    return sendAnswer(c, symbolListContract, { count: names.length, symbols: names, unread_buckets: unreadBuckets() });
  })
  .get(symbolStateContract.path, async (c) => {
    const { params, query } = await readRequest(c, symbolStateContract);
    const { symbol } = params;
    const grid = askedGrid(c.env, query);
    if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
    const summary = await askSymbol(c.env, symbol, (stub) => stub.summary(grid));
    if (summary === undefined) throw unknownSymbol(symbol);
    if (summary === null) throw gridOfOthers(symbol, grid);
    return sendAnswer(c, symbolStateContract, shape({ name: symbolAsAsked(c, symbol), key: symbol }, summary));
  });

function shape(
  { name, key }: { readonly name: string; readonly key: string },
  s: SymbolSummary,
): Immutable<SymbolState> {
  const { priceOutlier, ...ticks } = s.ticks;
  return {
    symbol: name,
    venue: splitKey(key).venue ?? null,
    step_ms: s.grid.stepMs,
    max_age_ms: s.grid.maxAgeMs,
    gap_steps: s.grid.gapSteps,
    source: s.grid.source,
    labels: s.labels,
    ticks: { ...ticks, price_outlier: priceOutlier },
    redelivered_ticks: s.redeliveredTicks,
    receipt_timed_ticks: s.receiptTimedTicks,
    holding: s.holding,
    batches: s.batches,
    steps_closed: s.stepsClosed,
    watermark_ms: s.watermarkMs,
    price: s.price,
    rv_60_bps: s.rv60Bps,
    spread_bps: s.spreadBps,
    observed_share: s.observedShare,
    threshold_values: s.threshold,
    prediction_id: s.prediction?.predictionId ?? null,
    probability: s.prediction?.probability ?? null,
    model: s.prediction?.model ?? null,
    tau_bps: s.prediction?.tauBps ?? null,
    missing: s.missing,
    recovery: {
      how: s.recovery.how,
      replayed_batches: s.recovery.replayedBatches,
      damaged_batches: s.recovery.damagedBatches,
      reason: s.recovery.reason ?? null,
    },
    warm:
      s.warm === null
        ? null
        : {
            source: s.warm.source,
            steps: s.warm.steps,
            ticks: s.warm.ticks,
            from_ms: s.warm.fromMs,
            to_ms: s.warm.toMs,
          },
    storage_bytes: s.storageBytes,
    scoring_errors: s.scoringErrors,
  };
}
