// GET /symbols and /symbols/:symbol: the directory, and what a symbol's object knows of itself.
import { Hono } from "hono";
import { listSymbols, symbolExists } from "../clients/directory.ts";
import type { SymbolSummary } from "../durable/symbol/symbol-summary.ts";
import type { AppEnv } from "./app-env.ts";
import { readSymbol, unknownSymbol } from "./predict.ts";
import { symbolOf } from "../clients/symbols.ts";

export const symbols = new Hono<AppEnv>()
  .get("/symbols", async (c) => {
    const names = await listSymbols(c.env, Date.now());
    return c.json({ count: names.length, symbols: names });
  })
  .get("/symbols/:symbol", async (c) => {
    const symbol = readSymbol(c.req.param("symbol"));
    if (!(await symbolExists(c.env, symbol))) throw unknownSymbol(symbol);
    const summary = await symbolOf(c.env, symbol).summary();
    if (summary === undefined) throw unknownSymbol(symbol);
    return c.json(shape(symbol, summary));
  });

function shape(symbol: string, s: SymbolSummary): Record<string, unknown> {
  return {
    symbol,
    step_ms: s.grid.stepMs,
    max_age_ms: s.grid.maxAgeMs,
    gap_steps: s.grid.gapSteps,
    source: s.grid.source,
    labels: s.labels,
    ticks: s.ticks,
    redelivered_ticks: s.redeliveredTicks,
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
    tau_bps: s.prediction?.tauBps ?? null,
    recovery: {
      how: s.recovery.how,
      replayed_batches: s.recovery.replayedBatches,
      damaged_batches: s.recovery.damagedBatches,
      reason: s.recovery.reason ?? null,
    },
    storage_bytes: s.storageBytes,
    scoring_errors: s.scoringErrors,
  };
}
