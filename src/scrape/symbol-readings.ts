// Maps each metric of the catalogue's symbol group to its value in the object's answer.
import type { AliasFigures, DriftFigures } from "../durable/symbol/evaluation/symbol-figures.ts";
import type { RecalibrationFigures } from "../durable/symbol/evaluation/symbol-recalibration.ts";
import type { ThresholdFigures } from "../durable/symbol/evaluation/symbol-threshold.ts";
import type { SymbolScrape } from "../durable/symbol/reading/symbol-scrape.ts";
import { type LabelsOf, METRICS, type SymbolMetric } from "../metrics.ts";
import { KINDS } from "../recalibration/month-calibration.ts";
import { RECALIBRATION_STATES } from "../recalibration/recalibration-facts.ts";

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
  volgate_alert_threshold: ofThresholds(({ threshold }) => threshold),
  volgate_followed_threshold: ofThresholds(({ followed }) => followed),
  volgate_threshold_changes_total: ofThresholds(({ changes }) => changes),
  volgate_served_precision: ofServed(({ tp, fp }) => tp / (tp + fp)),
  volgate_served_recall: ofServed(({ tp, fn }) => tp / (tp + fn)),
  volgate_served_alert_rate: ofServed(({ tp, fp, fn, tn }) => (tp + fp) / (tp + fp + fn + tn)),
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
  volgate_sigma_labels: ({ figures }) =>
    (figures?.volatility ?? []).map(({ alias, window, labels }) => [{ alias, window }, labels] as const),
  volgate_sigma_qlike: ({ figures }) =>
    (figures?.volatility ?? []).flatMap(({ alias, window, compared }) => [
      [{ alias, window, by: "model" }, compared?.qlike] as const,
      [{ alias, window, by: "ewma" }, compared?.ewma] as const,
      [{ alias, window, by: "har" }, compared?.har] as const,
    ]),
  volgate_sigma_coverage: ({ figures }) =>
    (figures?.volatility ?? []).flatMap(({ alias, window, corrected }) =>
      METRICS.symbol.volgate_sigma_coverage.labels.level.map(
        (level, l) => [{ alias, window, level }, corrected?.coverage[l]] as const,
      ),
    ),
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
  volgate_recalibration_state: ({ figures }) =>
    (figures?.recalibrations ?? []).flatMap(({ alias, state: found }) =>
      RECALIBRATION_STATES.map((state) => [{ alias, state }, Number(state === found)] as const),
    ),
  volgate_recalibration_slope: ofRecalibrations(({ slope }) => slope),
  volgate_recalibration_level: ofRecalibrations(({ level }) => level),
  volgate_recalibration_e_value: ofRecalibrations(({ eValue }) => eValue),
  volgate_month_ece: ({ figures }) =>
    (figures?.recalibrations ?? []).flatMap(({ alias, monthEce }) =>
      KINDS.map((of) => [{ alias, of }, monthEce?.[of] ?? null] as const),
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

function ofRecalibrations(read: (one: RecalibrationFigures) => number) {
  return ({ figures }: SymbolScrape) =>
    (figures?.recalibrations ?? []).map((one) => [{ alias: one.alias }, read(one)] as const);
}

function ofThresholds(read: (threshold: ThresholdFigures) => number | null) {
  return ({ figures }: SymbolScrape) =>
    (figures?.thresholds ?? []).map((one) => [{ alias: one.alias }, read(one)] as const);
}

/** No sample where there was nothing to divide by. */
function ofServed(read: (served: NonNullable<ThresholdFigures["served"]>) => number) {
  return ofThresholds(({ served }) => {
    const value = served === null ? NaN : read(served);
    return Number.isNaN(value) ? null : value;
  });
}

function ofDrift(read: (drift: DriftFigures) => number | null) {
  return ({ figures }: SymbolScrape) =>
    (figures?.drift ?? []).map((one) => [{ window: one.window }, read(one)] as const);
}

function seconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / 1000;
}
