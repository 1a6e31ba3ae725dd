// A symbol's state in one plain value, for `/symbols/:symbol` and `/metrics`.
import type { GridConfig } from "../../../features/event-grid.ts";
import type { LabelSpec } from "../../../features/label-spec.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import type { PredictionFigures, PredictionLog } from "../archive/prediction-log.ts";
import type { ArchiveFigures, ArchiveLedger } from "../archive/archive-ledger.ts";
import { type Aged, agePrediction } from "../../../model/aged-prediction.ts";
import type { Prediction } from "../prediction.ts";
import type { Recovery } from "../storage/restored-engine.ts";
import type { Warmth } from "../storage/warm-pages.ts";

export interface SymbolSummary {
  readonly grid: GridConfig;
  readonly labels: readonly LabelSpec[];
  readonly ticks: {
    readonly accepted: number;
    readonly duplicate: number;
    readonly late: number;
    readonly outlier: number;
    readonly priceOutlier: number;
  };
  readonly holding: boolean;
  readonly batches: number;
  readonly stepsClosed: number;
  /** Event time of the newest applied tick, ms; `null` before the first. */
  readonly watermarkMs: number | null;
  readonly price: number | null;
  readonly rv60Bps: number | null;
  readonly spreadBps: number | null;
  readonly observedShare: number | null;
  readonly threshold: { readonly have: number; readonly need: number };
  /** As of the time of the summary. */
  readonly prediction: Aged<Prediction> | null;
  readonly recovery: Recovery;
  /** The history that it began with; `null` without one. */
  readonly warm: Warmth | null;
  readonly storageBytes: number;
  readonly scoringErrors: number;
  readonly redeliveredTicks: number;
  /** Since the object was loaded. */
  readonly receiptTimedTicks: number;
  /** Why there is no probability; empty when there is one. */
  readonly missing: readonly string[];
  /** `null` without a bucket. `failures` since the object was loaded. */
  readonly archive: (ArchiveFigures & { readonly failures: number }) | null;
  /** Of a further grid; that of the symbol's own is in `archive`. `null` where predictions are not archived. */
  readonly predictions?: PredictionFigures | null;
}

/** What a summary needs of a grid's engine. */
interface SummarizedEngine {
  readonly features: FeatureEngine;
  /** `undefined` without a bucket, and for a further grid. */
  readonly archive: ArchiveLedger | undefined;
  /** `undefined` where predictions are not archived. */
  readonly predictions: PredictionLog | undefined;
  readonly batches: number;
  readonly recovery: Recovery;
  readonly warm: Warmth | undefined;
}

/** @param own counters of the object since it was loaded. @param nowMs the wall clock, for the prediction's age. */
export function summarize(
  engine: SummarizedEngine,
  prediction: Prediction | undefined,
  {
    archiveFailures,
    ...own
  }: Pick<SymbolSummary, "storageBytes" | "scoringErrors" | "redeliveredTicks" | "receiptTimedTicks"> & {
    readonly archiveFailures: number;
  },
  nowMs: number,
): SymbolSummary {
  const { features, archive, predictions } = engine;
  const last = features.lastStepFacts;
  return {
    grid: features.config.grid,
    labels: features.labelSpecs,
    ticks: { ...features.totals },
    holding: features.holding,
    batches: engine.batches,
    stepsClosed: features.stepsClosed,
    watermarkMs: numberOrNull(features.watermarkMs),
    price: last.count > 0 ? numberOrNull(last.price[0]!) : null,
    rv60Bps: last.count > 0 ? numberOrNull(last.rv60[0]! * 10_000) : null,
    spreadBps: last.count > 0 ? numberOrNull(last.spread[0]! * 10_000) : null,
    observedShare: numberOrNull(features.observedShare.share(features.config.grid.stepMs)),
    threshold: features.thresholdCount(0),
    prediction: prediction === undefined ? null : agePrediction(prediction, nowMs),
    recovery: engine.recovery,
    warm: engine.warm ?? null,
    missing: prediction === undefined ? ["steps: none is closed yet"] : prediction.missing,
    archive: archive === undefined ? null : { ...archive.figures, failures: archiveFailures },
    ...(archive === undefined ? { predictions: predictions?.figures(features.watermarkMs) ?? null } : {}),
    ...own,
  };
}

function numberOrNull(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
