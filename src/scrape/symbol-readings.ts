// Maps each metric of the catalogue's symbol group to its value in the object's answer.
import type { AliasFigures, DriftFigures } from "../durable/symbol/evaluation/symbol-figures.ts";
import type { SymbolScrape } from "../durable/symbol/symbol-scrape.ts";
import { type LabelsOf, METRICS, type SymbolMetric } from "../metrics.ts";

/** `null` and `undefined` give no sample. */
type Value = number | null | undefined;
type Labelled<Name extends SymbolMetric> = readonly (readonly [labels: LabelsOf<Name>, value: Value])[];

/** A metric without labels has one value; a metric with labels has a value for each existing combination. */
type Reading<Name extends SymbolMetric> = keyof LabelsOf<Name> extends never ? Value : Labelled<Name>;

type Readings = { readonly [Name in SymbolMetric]: (scrape: SymbolScrape) => Reading<Name> };

export const SYMBOL_READINGS: Readings = {
  volgate_symbol_up: () => 1,
  volgate_ticks_total: ({ summary: { ticks } }) => [
    [{ outcome: "accepted" }, ticks.accepted],
    [{ outcome: "duplicate" }, ticks.duplicate],
    [{ outcome: "late" }, ticks.late],
    [{ outcome: "outlier" }, ticks.outlier],
    [{ outcome: "price_outlier" }, ticks.priceOutlier],
  ],
  volgate_redelivered_ticks_total: ({ summary }) => summary.redeliveredTicks,
  volgate_batches_total: ({ summary }) => summary.batches,
  volgate_steps_closed_total: ({ summary }) => summary.stepsClosed,
  volgate_watermark_seconds: ({ summary }) => seconds(summary.watermarkMs),
  volgate_observed_share: ({ summary }) => summary.observedShare,
  volgate_rv_60_bps: ({ summary }) => summary.rv60Bps,
  volgate_spread_bps: ({ summary }) => summary.spreadBps,
  volgate_tau_bps: ({ summary }) => summary.prediction?.tauBps,
  volgate_threshold_values: ({ summary }) => summary.threshold.have,
  prediction_score: ({ summary }) => summary.prediction?.probability,
  last_prediction_timestamp: ({ summary }) => seconds(summary.prediction?.tsMs),
  volgate_prediction_stale: ({ summary: { prediction } }) => (prediction === null ? null : Number(prediction.stale)),
  volgate_prediction_expired: ({ summary: { prediction } }) =>
    prediction === null ? null : Number(prediction.expired),
  volgate_scoring_errors_total: ({ summary }) => summary.scoringErrors,
  volgate_storage_bytes: ({ summary }) => summary.storageBytes,
  volgate_snapshot_rebuilt: ({ summary }) => Number(summary.recovery.how === "rebuilt"),
  volgate_damaged_batches: ({ summary }) => summary.recovery.damagedBatches,
  volgate_archived_ticks_total: ({ summary }) => summary.archive?.archivedTicks,
  volgate_archive_lag_seconds: ({ summary }) => seconds(summary.archive?.lagMs),
  volgate_archive_waiting_bytes: ({ summary }) => summary.archive?.backlogBytes,
  volgate_archive_lost_batches_total: ({ summary }) => summary.archive?.lostBatches,
  volgate_archive_failures_total: ({ summary }) => summary.archive?.failures,
  volgate_archived_predictions_total: ({ summary }) => predictionsOf(summary)?.archived,
  volgate_prediction_archive_lag_seconds: ({ summary }) => seconds(predictionsOf(summary)?.lagMs),
  volgate_unarchived_predictions_total: ({ summary }) => predictionsOf(summary)?.lost,
  volgate_parity_steps_total: ({ summary }) => summary.archive?.paritySteps,
  volgate_parity_mismatch_total: ({ summary }) => summary.archive?.parityMismatches,
  volgate_pr_auc: ofAliases(({ prAuc }) => prAuc),
  volgate_roc_auc: ofAliases(({ rocAuc }) => rocAuc),
  volgate_brier: ofAliases(({ brier }) => brier),
  volgate_ece: ofAliases(({ ece }) => ece),
  volgate_lift: ofAliases(({ lift }) => lift),
  volgate_base_rate: ofAliases(({ baseRate }) => baseRate),
  volgate_expected_base_rate: ofAliases(({ expectedBaseRate }) => expectedBaseRate),
  volgate_episodes: ofAliases(({ episodes }) => episodes),
  volgate_resolved: ofAliases(({ resolved }) => resolved),
  volgate_quality_blocks: ofAliases(({ blocks }) => blocks),
  volgate_labels_total: ({ figures }) => [
    [{ outcome: "resolved" }, figures?.stats.resolved],
    [{ outcome: "void" }, figures?.stats.voids],
    [{ outcome: "unresolved" }, figures?.stats.unresolved],
    [{ outcome: "uncounted" }, figures?.stats.uncounted],
  ],
  volgate_drift_share: ofDrift(({ driftedShare }) => driftedShare),
  volgate_drift_threshold: ofDrift(({ threshold }) => threshold),
  volgate_drift_ratio: ofDrift(({ largestRatio }) => largestRatio),
  volgate_drift_ratio_threshold: ofDrift(({ ratioThreshold }) => ratioThreshold),
  volgate_alert_evidence: ({ figures }) =>
    METRICS.symbol.volgate_alert_evidence.labels.rule.map((rule) => [{ rule }, figures?.evidence?.[rule]] as const),
  volgate_drift_verdict: ({ figures }) =>
    (figures?.drift ?? []).flatMap(({ window, verdict: found }) =>
      METRICS.symbol.volgate_drift_verdict.labels.verdict.map(
        (verdict) => [{ window, verdict }, Number(verdict === found)] as const,
      ),
    ),
  volgate_monitor_errors_total: ({ figures }) => figures?.monitorErrors,
  volgate_damaged_pages: ({ figures }) => figures?.damagedPages,
};

/** Of the archive of predictions on the grid. */
function predictionsOf({ archive, predictions }: SymbolScrape["summary"]) {
  return archive?.predictions ?? predictions;
}

function ofAliases(read: (alias: AliasFigures) => number | null) {
  return ({ figures }: SymbolScrape) =>
    (figures?.aliases ?? []).map((one) => [{ alias: one.alias, window: one.window }, read(one)] as const);
}

function ofDrift(read: (drift: DriftFigures) => number | null) {
  return ({ figures }: SymbolScrape) =>
    (figures?.drift ?? []).map((one) => [{ window: one.window }, read(one)] as const);
}

function seconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / 1000;
}
