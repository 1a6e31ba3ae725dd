// One symbol's answer to a scrape, written down.
import type { SymbolFigures } from "../../src/durable/symbol/evaluation/symbol-figures.ts";
import type { SymbolSummary } from "../../src/durable/symbol/reading/symbol-summary.ts";
import { gridConfig } from "../../src/features/event-grid.ts";

/** A symbol right after its first ticks, without a bucket. */
export const NEW_SYMBOL: SymbolSummary = {
  grid: gridConfig(1000, "last"),
  labels: [],
  ticks: { accepted: 3, duplicate: 2, late: 1, outlier: 0, priceOutlier: 0 },
  holding: false,
  batches: 1,
  stepsClosed: 2,
  watermarkMs: 1_764_979_200_500,
  price: 100,
  rv60Bps: null,
  spreadBps: null,
  observedShare: null,
  threshold: { have: 0, need: 900 },
  prediction: null,
  missing: [],
  recovery: { how: "new", reason: undefined, replayedBatches: 0, damagedBatches: 0 },
  warm: null,
  storageBytes: 4096,
  scoringErrors: 0,
  redeliveredTicks: 0,
  receiptTimedTicks: 0,
  archive: null,
};

/** Nothing resolved, and two closed windows of drift: one over both limits, one of a model that has no ratio limit. */
export const DRIFTED: SymbolFigures = {
  aliases: [],
  recalibrations: [],
  stats: { resolved: 0, voids: 0, unresolved: 0, uncounted: 0, breaks: 0, disordered: 0 },
  drift: [
    { window: "1h", verdict: "drift", driftedShare: 0.2, threshold: 0.4, largestRatio: 3.5, ratioThreshold: 1.7 },
    { window: "24h", verdict: "ok", driftedShare: 0.2, threshold: 0.4, largestRatio: 3.5, ratioThreshold: null },
  ],
  damagedPages: 0,
  monitorErrors: 0,
  hasOwnModels: false,
};
