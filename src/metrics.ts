// The catalogue of every metric of `GET /metrics`; docs/metrics.md is generated from it. src/scrape supplies the
// values.
import { KINDS } from "./recalibration/month-calibration.ts";
import { RECALIBRATION_STATES } from "./recalibration/recalibration-facts.ts";

/**
 * The values that a label can take: a list, or the rule that bounds them. An unbounded label would create unlimited
 * series.
 */
type LabelValues = readonly string[] | string;

export interface Metric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly unit: string;
  /** The labels besides those that name a symbol. */
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** Upper bounds of a histogram's buckets, ascending, without +Inf. */
  readonly buckets?: readonly number[];
}

const ALIAS = [
  "champion",
  "challenger",
  "predecessor",
  "zscore",
  "persistence",
  "threshold-only",
  "reference",
] as const;
/** Those that may answer. */
const ANSWERING = ["champion", "challenger"] as const;
const WINDOW = ["1h", "24h", "30d"] as const;
const DRIFT_WINDOW = ["1h", "24h"] as const;
const VERDICT = ["ok", "drift", "uncalibrated", "no_reference", "too_few_rows"] as const;
const WEBHOOK = "a configured webhook, or subscription: and the id of a subscription to spikes";
/** The routes of sockets that bring ticks. */
const SOCKET = ["symbol", "ticks"] as const;
const WAY = ["http", "socket", "feed"] as const;
/** The kinds of objects. */
const OBJECT = [
  "symbol",
  "directory",
  "registry",
  "alerts",
  "feed",
  "health",
  "metrics",
  "overview",
  "stream",
  "ticks",
] as const;
const TRANSPORT = ["websocket", "sse"] as const;
const AROUND_IO = "measured around I/O (the clock stands still during CPU work in production)";
const FEED_VENUE = "a venue with a feed in the gateway";
const FEED_COUNTS = "Since the feed's object was loaded.";

const OF_ANSWERING = { alias: ["champion", "challenger"] } as const;
const OF_ALIAS = { alias: ALIAS, window: WINDOW } as const;
const OF_SIGMA = { alias: ["champion", "challenger"], window: WINDOW } as const;
const OF_DRIFT = { window: DRIFT_WINDOW } as const;

const STANDS_ON =
  "Labels of the symbol's own ticks, by alias, over the blocks of the window. It has no interval: read it beside " +
  "volgate_episodes and volgate_base_rate, or ask /symbols/:symbol/quality. Missing with fewer than two blocks. A day " +
  "and a month are computed once in 15 minutes of event time.";
const AS_OF = "As of the last evaluation; a new experiment resets it.";
const SINCE_LOADED = "since the object was loaded";

/**
 * Summed over all isolates, of the Worker and of the objects, by the metrics object. Durable: a sum never falls. What
 * an isolate has counted and not sent when it ends is lost, 5 s of the Worker's and a minute of an object's at most.
 */
const summed = {
  http_requests_total: {
    type: "counter",
    unit: "requests",
    help: "Requests by method, route pattern and status.",
    labels: {
      method: "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH or OTHER",
      endpoint: "the pattern of a route, or unmatched",
      status: "an HTTP status",
    },
  },
  prediction_latency_seconds: {
    type: "histogram",
    unit: "seconds",
    help: `Time to answer GET and POST /predict, ${AROUND_IO}.`,
    labels: {},
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
  },
  predictions_total: {
    type: "counter",
    unit: "predictions",
    help: "Answered predictions, live or of a row, by model version and outcome (1 alert, 0 none or expired).",
    labels: { model_version: "the version of a model that served", prediction: ["1", "0"] },
  },
  volgate_ingest_latency_seconds: {
    type: "histogram",
    unit: "seconds",
    help: `Time to answer POST /ingest or a frame of a socket, and of a feed's batch to be taken by its symbol, ${AROUND_IO}.`,
    labels: { way: WAY },
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15],
  },
  volgate_ingest_ticks_total: {
    type: "counter",
    unit: "ticks",
    help:
      "Ticks by way and by what became of them: accepted, duplicate, late, held (until the next one agrees), rejected " +
      "(see volgate_ticks_rejected_total) or failed (not taken: the sender must send them again).",
    labels: { way: WAY, outcome: ["accepted", "duplicate", "late", "held", "rejected", "failed"] },
  },
  volgate_ticks_rejected_total: {
    type: "counter",
    unit: "ticks",
    help: "Refused ticks by way and reason, including those that the grid gave up as outliers.",
    labels: { way: WAY, reason: "a reason of docs/errors.md" },
  },
  volgate_ingest_bytes_total: {
    type: "counter",
    unit: "bytes",
    help: "Bytes of the bodies of POST /ingest, unpacked, and of the frames of sockets.",
    labels: {},
  },
  volgate_socket_frames_total: {
    type: "counter",
    unit: "frames",
    help:
      "Frames of ticks that sockets brought, by route (symbol, or ticks of any symbols) and answer: acknowledged, or the " +
      "code of the refusal. Twenty messages are billed as one request.",
    labels: { socket: SOCKET, outcome: "acknowledged, or a code of docs/sockets.md" },
  },
  volgate_sockets_opened_total: {
    type: "counter",
    unit: "sockets",
    help: "Sockets of ticks that were opened, by route.",
    labels: { socket: SOCKET },
  },
  volgate_sockets_closed_total: {
    type: "counter",
    unit: "sockets",
    help: "Sockets of ticks that ended and whose object learned of it, by route and close code: those that a deploy drops are missing.",
    labels: { socket: SOCKET, code: "a close code of docs/sockets.md, or other" },
  },
  volgate_ingest_batches_total: {
    type: "counter",
    unit: "batches",
    help:
      "Batches of one symbol that were handed to its object, by way and outcome: taken, failed (a fault of the gateway) " +
      "or refused (the sender's fault, or a symbol that may not be created).",
    labels: { way: WAY, outcome: ["taken", "failed", "refused"] },
  },
  volgate_ingest_failures_total: {
    type: "counter",
    unit: "batches",
    help: "Batches of one symbol that failed and were not acknowledged, by way and code.",
    labels: {
      way: WAY,
      code: ["symbol_failed", "symbol_timeout", "archive_backlog", "symbol_busy", "champion_unknown"],
    },
  },
  volgate_sequence_refusals_total: {
    type: "counter",
    unit: "batches",
    help: "Symbol batches refused because of their X-Producer-Seq: a number used twice, or too old to know.",
    labels: { code: ["sequence_conflict", "sequence_too_old"] },
  },
  volgate_object_requests_total: {
    type: "counter",
    unit: "requests",
    help: "Calls of objects by kind of object; each is billed as a request.",
    labels: { object: OBJECT },
  },
  volgate_object_latency_seconds: {
    type: "histogram",
    unit: "seconds",
    help: `Time of an object to answer a call, by kind of object, ${AROUND_IO}.`,
    labels: { object: OBJECT },
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 5, 15],
  },
  volgate_object_failures_total: {
    type: "counter",
    unit: "calls",
    help: "Calls of objects that ended with an error, by kind of object; those without an answer in time too.",
    labels: { object: OBJECT },
  },
  volgate_object_timeouts_total: {
    type: "counter",
    unit: "calls",
    help: "Calls of an object without an answer in time, by kind of object.",
    labels: { object: OBJECT },
  },
  volgate_alarm_runs_total: {
    type: "counter",
    unit: "runs",
    help: "Alarms that ran, by kind of object; each is billed as a request.",
    labels: { object: OBJECT },
  },
  volgate_rows_written_total: {
    type: "counter",
    unit: "rows",
    help: "Rows that objects wrote or deleted in their databases, alarms that were set included, by kind of object; as billed.",
    labels: { object: OBJECT },
  },
  volgate_r2_operations_total: {
    type: "counter",
    unit: "operations",
    help: "Operations on the bucket by the class of their price: A writes and lists, B reads; deletes are free.",
    labels: { class: ["A", "B", "free"], operation: ["put", "list", "get", "head", "delete"] },
  },
  volgate_log_events_total: {
    type: "counter",
    unit: "events",
    help: "Lines of the log by level.",
    labels: { level: ["error", "warn"] },
  },
  volgate_stream_opened_total: {
    type: "counter",
    unit: "readers",
    help: "Readers of the stream that were let in. Less volgate_stream_closed_total: those that read now.",
    labels: { transport: TRANSPORT },
  },
  volgate_stream_closed_total: {
    type: "counter",
    unit: "readers",
    help:
      "Readers of the stream that ended, by reason: client (it went away), slow_reader (it answered no check for a " +
      "minute), bad_message, symbol_removed, restart (its hub was loaded anew: it resumes), lost (the machine of the hub " +
      "ended, or a deploy dropped it) or error.",
    labels: {
      transport: TRANSPORT,
      reason: ["client", "slow_reader", "bad_message", "symbol_removed", "restart", "lost", "error"],
    },
  },
  volgate_stream_resumed_total: {
    type: "counter",
    unit: "readers",
    help: "Readers of the stream that came with a cursor.",
    labels: { transport: TRANSPORT },
  },
  volgate_stream_events_total: {
    type: "counter",
    unit: "events",
    help: "Events that readers were sent: live, or resumed (read from a symbol's log for one that lacked them).",
    labels: { way: ["live", "resumed"] },
  },
  volgate_stream_gaps_total: {
    type: "counter",
    unit: "events",
    help: "Gaps that readers were told: events that are not kept, were skipped, or are not known.",
    labels: {},
  },
  volgate_stream_hub_loads_total: {
    type: "counter",
    unit: "loads",
    help: "Times that a hub of the stream was loaded: new, after it slept, or after a deploy.",
    labels: {},
  },
  volgate_spike_events_total: {
    type: "counter",
    unit: "events",
    help: "What subscriptions to spikes saw of live probabilities: rise, fall, suppressed (a rise that was over within the cool-down), given_up (1,000 messages of a symbol waited already).",
    labels: { event: ["rise", "fall", "suppressed", "given_up"] },
  },
  volgate_scorer_checks_total: {
    type: "counter",
    unit: "models",
    help:
      "Models whose own scorer was compared with onnxruntime when they were given an alias: equal, different (the alias is " +
      "refused), failed (onnxruntime did not start or score, and the own scorer is trusted).",
    labels: { result: ["equal", "different", "failed"] },
  },
  volgate_model_swaps_total: {
    type: "counter",
    unit: "sets of models",
    help: "Times that an isolate replaced its set of models.",
    labels: {},
  },
  volgate_metrics_lost_batches_total: {
    type: "counter",
    unit: "batches",
    help: "Batches of counts that an isolate gave up: the metrics object did not confirm them for ten minutes.",
    labels: {},
  },
} as const satisfies Record<string, Metric>;

/** As the isolates reported it, those of the objects too, in the last six minutes. */
const isolates = {
  volgate_isolates: {
    type: "gauge",
    unit: "isolates",
    help: "Isolates that reported their models.",
    labels: {},
  },
  model_loaded: { type: "gauge", unit: "1 or 0", help: "1 while a champion serves in every isolate.", labels: {} },
  volgate_model_info: {
    type: "gauge",
    unit: "always 1",
    help: "Which version holds which alias in an isolate or more; always 1.",
    labels: {
      alias: "an alias",
      version: "the version of a model that serves",
      evidence: "what it was trained on: `recorded`, `simulated` or `unknown`",
    },
  },
  volgate_model_isolates: {
    type: "gauge",
    unit: "isolates",
    help: "Isolates in which a version serves an alias. Two versions of an alias: a swap is under way, or one does not arrive.",
    labels: { alias: "an alias", version: "the version of a model that serves" },
  },
  volgate_model_refused: {
    type: "gauge",
    unit: "isolates",
    help: "Isolates that refuse the artifact of an alias, by alias and reason; missing where none does.",
    labels: { alias: "an alias", code: "a refusal code of docs/errors.md" },
  },
  volgate_model_stand_in: {
    type: "gauge",
    unit: "isolates",
    help:
      "Isolates in which an alias is served by another model than the one that the registry names, or is not known to be; " +
      "0 where all is as named.",
    labels: { alias: "an alias" },
  },
  volgate_directory_unread_buckets: {
    type: "gauge",
    unit: "buckets",
    help: "Parts of the directory, of 16, that did not answer when the scraped isolate asked last. Their newer symbols are missing in the scrape.",
    labels: {},
  },
} as const satisfies Record<string, Metric>;

/** From each symbol's object. Exact across restarts unless the help text says otherwise. */
const symbol = {
  volgate_symbol_up: { type: "gauge", unit: "1 or 0", help: "1 when the symbol's object answered.", labels: {} },
  volgate_ticks_total: {
    type: "counter",
    unit: "ticks",
    help: "Ticks by outcome, since creation.",
    labels: { outcome: ["accepted", "duplicate", "late", "outlier", "price_outlier"] },
  },
  volgate_redelivered_ticks_total: {
    type: "counter",
    unit: "ticks",
    help: `Ticks of batches delivered again, ${SINCE_LOADED}.`,
    labels: {},
  },
  volgate_batches_total: { type: "counter", unit: "batches", help: "Acknowledged batches.", labels: {} },
  volgate_steps_closed_total: { type: "counter", unit: "steps", help: "Closed steps.", labels: {} },
  volgate_watermark_seconds: {
    type: "gauge",
    unit: "seconds since 1970",
    help: "Event time of the newest applied tick.",
    labels: {},
  },
  volgate_observed_share: {
    type: "gauge",
    unit: "share",
    help: "Share of event time in which the newest tick was fresh.",
    labels: {},
  },
  volgate_rv_60_bps: {
    type: "gauge",
    unit: "basis points",
    help: "Realized volatility of the last 60 steps.",
    labels: {},
  },
  volgate_spread_bps: { type: "gauge", unit: "basis points", help: "Bid-ask spread over mid.", labels: {} },
  volgate_tau_bps: { type: "gauge", unit: "basis points", help: "Threshold of a spike.", labels: {} },
  volgate_alert_threshold: {
    type: "gauge",
    unit: "probability",
    help: "From which probability a model alerts.",
    labels: OF_ANSWERING,
  },
  volgate_followed_threshold: {
    type: "gauge",
    unit: "probability",
    help: "Threshold that follows the live labels, whether or not it is served.",
    labels: OF_ANSWERING,
  },
  volgate_threshold_changes_total: {
    type: "counter",
    unit: "changes",
    help: "Changes of the threshold that follows. Kept over restarts.",
    labels: OF_ANSWERING,
  },
  volgate_served_precision: {
    type: "gauge",
    unit: "share",
    help: "Spikes among the alerts that were given in the last 30 days, each at the threshold of its time.",
    labels: OF_ANSWERING,
  },
  volgate_served_recall: {
    type: "gauge",
    unit: "share",
    help: "Share of the spikes of the last 30 days with an alert, each at the threshold of its time.",
    labels: OF_ANSWERING,
  },
  volgate_served_alert_rate: {
    type: "gauge",
    unit: "share",
    help: "Share of the labelled steps of the last 30 days with an alert, each at the threshold of its time.",
    labels: OF_ANSWERING,
  },
  volgate_threshold_values: {
    type: "gauge",
    unit: "values",
    help: "Number of volatilities behind the threshold.",
    labels: {},
  },
  prediction_score: { type: "gauge", unit: "probability", help: "Probability of the live prediction.", labels: {} },
  last_prediction_timestamp: {
    type: "gauge",
    unit: "seconds since 1970",
    help: "Event time of the live prediction in seconds.",
    labels: {},
  },
  volgate_prediction_stale: {
    type: "gauge",
    unit: "1 or 0",
    help:
      "1 when the live prediction is stale: its step was closed long after its end, or it is older than A (10 s at steps " +
      "of 1 s) plus one step.",
    labels: {},
  },
  volgate_prediction_expired: {
    type: "gauge",
    unit: "1 or 0",
    help: "1 when the horizon of the live prediction is over: no tick came since.",
    labels: {},
  },
  volgate_scoring_errors_total: {
    type: "counter",
    unit: "runs",
    help: `Failed model runs, ${SINCE_LOADED}.`,
    labels: {},
  },
  volgate_storage_bytes: { type: "gauge", unit: "bytes", help: "Size of the symbol's database.", labels: {} },
  volgate_snapshot_rebuilt: {
    type: "gauge",
    unit: "1 or 0",
    help: "1 when the state had to be rebuilt from slots.",
    labels: {},
  },
  volgate_damaged_batches: {
    type: "gauge",
    unit: "batches",
    help: "Batches that were missing or damaged when the state was loaded; their ticks are lost.",
    labels: {},
  },
  volgate_archived_ticks_total: { type: "counter", unit: "ticks", help: "Accepted ticks in the archive.", labels: {} },
  volgate_archive_lag_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Event time from the end of the archive to the newest tick.",
    labels: {},
  },
  volgate_archive_waiting_bytes: {
    type: "gauge",
    unit: "bytes",
    help: "Ticks that wait for the archive; at 64 MB batches are refused.",
    labels: {},
  },
  volgate_archive_lost_batches_total: {
    type: "counter",
    unit: "batches",
    help: "Batches that are not in the archive, because their slots were missing or damaged.",
    labels: {},
  },
  volgate_archive_failures_total: {
    type: "counter",
    unit: "objects",
    help: `Archive objects that could not be written, ${SINCE_LOADED}.`,
    labels: {},
  },
  volgate_archived_predictions_total: {
    type: "counter",
    unit: "predictions",
    help: "Predictions in the archive, each with its label.",
    labels: {},
  },
  volgate_prediction_archive_lag_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Event time from the oldest prediction that is not archived to the newest tick; normal is up to 1,000 s at steps of 1 s.",
    labels: {},
  },
  volgate_unarchived_predictions_total: {
    type: "counter",
    unit: "predictions",
    help: "Predictions that were answered and will not be in the archive: it was away for days, or models changed during a restart.",
    labels: {},
  },
  volgate_parity_steps_total: {
    type: "counter",
    unit: "steps",
    help: "Served steps that were computed again from archived ticks.",
    labels: {},
  },
  volgate_parity_mismatch_total: {
    type: "counter",
    unit: "steps",
    help: "Recomputed steps that differ from the served ones; must always be 0.",
    labels: {},
  },
  volgate_pr_auc: {
    type: "gauge",
    unit: "share",
    help: `Area under precision and recall, from 128 score bins. ${STANDS_ON}`,
    labels: OF_ALIAS,
  },
  volgate_roc_auc: {
    type: "gauge",
    unit: "share",
    help: `Area under the ROC curve, from 128 score bins. ${STANDS_ON}`,
    labels: OF_ALIAS,
  },
  volgate_brier: {
    type: "gauge",
    unit: "squared probability",
    help: `Mean squared error of the probabilities. ${STANDS_ON}`,
    labels: OF_ALIAS,
  },
  volgate_ece: {
    type: "gauge",
    unit: "probability",
    help: `Expected calibration error over 10 bins of equal width. ${STANDS_ON}`,
    labels: OF_ALIAS,
  },
  volgate_lift: {
    type: "gauge",
    unit: "ratio",
    help: `PR-AUC over the base rate; 1 is chance. ${STANDS_ON}`,
    labels: OF_ALIAS,
  },
  volgate_base_rate: {
    type: "gauge",
    unit: "share",
    help: "Share of spikes among the resolved steps that the alias scored.",
    labels: OF_ALIAS,
  },
  volgate_expected_base_rate: {
    type: "gauge",
    unit: "share",
    help: "Expected share of spikes by the probabilities, over resolved and pending steps; available before any label.",
    labels: OF_ALIAS,
  },
  volgate_episodes: {
    type: "gauge",
    unit: "episodes",
    help: "Separate events among the spikes: the effective sample size of a window's figures.",
    labels: OF_ALIAS,
  },
  volgate_resolved: {
    type: "gauge",
    unit: "steps",
    help: "Steps of the window that the alias scored and that have a label.",
    labels: OF_ALIAS,
  },
  volgate_quality_blocks: {
    type: "gauge",
    unit: "blocks",
    help: "Blocks with resolved steps, from which intervals are drawn.",
    labels: OF_ALIAS,
  },
  volgate_sigma_labels: {
    type: "gauge",
    unit: "horizons",
    help: "Horizons that ended in the window, of steps whose volatility the alias forecast.",
    labels: OF_SIGMA,
  },
  volgate_sigma_qlike: {
    type: "gauge",
    unit: "QLIKE",
    help: "Mean QLIKE of the forecast variance, lower is better: of the alias's model, and of EWMA and HAR, which the symbol learns by itself, on the same horizons. Missing until both baselines have labels enough.",
    labels: { ...OF_SIGMA, by: ["model", "ewma", "har"] },
  },
  volgate_sigma_coverage: {
    type: "gauge",
    unit: "share",
    help: "Share of horizons that were at most as volatile as the quantile of this level that was answered; in the long run it is the level itself. Missing before the first label of a quantile.",
    labels: { ...OF_SIGMA, level: ["0.1", "0.5", "0.9"] },
  },
  volgate_labels_total: {
    type: "counter",
    unit: "labels",
    help:
      "Labels by outcome since creation, per label spec: resolved, void (too many holes), unresolved (the segment ended " +
      "first), and uncounted predictions (the row was stale or unobserved).",
    labels: { outcome: ["resolved", "void", "unresolved", "uncounted"] },
  },
  volgate_drift_share: {
    type: "gauge",
    unit: "share",
    help: "Share of drifted features in the last closed window, each against its own null-calibrated threshold.",
    labels: OF_DRIFT,
  },
  volgate_drift_threshold: {
    type: "gauge",
    unit: "share",
    help: "The share above which the window counts as drifted; calibrated on training windows, from the model's manifest.",
    labels: OF_DRIFT,
  },
  volgate_drift_ratio: {
    type: "gauge",
    unit: "ratio",
    help: "Largest distance of a feature over its own null-calibrated threshold in the last closed window.",
    labels: OF_DRIFT,
  },
  volgate_drift_ratio_threshold: {
    type: "gauge",
    unit: "ratio",
    help: "The ratio above which the window counts as drifted, even if few features drifted; calibrated on training windows.",
    labels: OF_DRIFT,
  },
  volgate_alert_evidence: {
    type: "gauge",
    unit: "ratio",
    help: "Evidence of an alert rule on live quality over the limit at which it fires; 1 or more while its fault is shown. Looked at after each group of steps.",
    labels: { rule: ["calibration", "not_better_than_baseline", "pr_auc_fell"] },
  },
  volgate_drift_verdict: {
    type: "gauge",
    unit: "1 or 0",
    help: "The verdict on the last closed window: 1 for that verdict, 0 for the others.",
    labels: { window: DRIFT_WINDOW, verdict: VERDICT },
  },
  volgate_monitor_errors_total: {
    type: "counter",
    unit: "batches",
    help: `Batches that the monitor of quality and drift failed on, ${SINCE_LOADED}: a bug, not bad data.`,
    labels: {},
  },
  volgate_recalibration_state: {
    type: "gauge",
    unit: "1",
    help: "1 for the state of an alias's recalibration from the symbol's own labels, 0 for the others.",
    labels: { alias: ANSWERING, state: RECALIBRATION_STATES },
  },
  volgate_recalibration_slope: {
    type: "gauge",
    unit: "1",
    help: "Slope of an alias's recalibration in log-odds, whether it serves or not; 1 changes nothing.",
    labels: { alias: ANSWERING },
  },
  volgate_recalibration_level: {
    type: "gauge",
    unit: "1",
    help: "Level of an alias's recalibration in log-odds; 0 changes nothing.",
    labels: { alias: ANSWERING },
  },
  volgate_recalibration_e_value: {
    type: "gauge",
    unit: "1",
    help: "Evidence for the next change of an alias's recalibration: 20 is enough to serve, or to be undone.",
    labels: { alias: ANSWERING },
  },
  volgate_month_ece: {
    type: "gauge",
    unit: "1",
    help: "ECE in the current calendar month: of the model's own scores, of the recalibrated ones, of what was answered.",
    labels: { alias: ANSWERING, of: KINDS },
  },
  volgate_damaged_pages: {
    type: "gauge",
    unit: "pages",
    help: "Stored pages of quality, drift and recalibrations that could not be read when the object was loaded.",
    labels: {},
  },
} as const satisfies Record<string, Metric>;

/** Of the gateway as a whole. With several shards, only the first, `0/n`, has these metrics. */
const gateway = {
  volgate_build_info: {
    type: "gauge",
    unit: "always 1",
    help: "Version and commit of the code that answered; always 1.",
    labels: { version: "the gateway's version", commit: "a commit, or unknown" },
  },
  volgate_metrics_up: {
    type: "gauge",
    unit: "1 or 0",
    help: "1 when the metrics object answered; while it is 0 the sums over isolates are missing.",
    labels: {},
  },
  volgate_metrics_since_timestamp_seconds: {
    type: "gauge",
    unit: "seconds since 1970",
    help: "When the sums over isolates began.",
    labels: {},
  },
  volgate_symbols: { type: "gauge", unit: "symbols", help: "Symbols of the directory.", labels: {} },
  volgate_scrape_shards: {
    type: "gauge",
    unit: "shards",
    help: "Parts that this scrape is one of: n of shard=i/n; without shard, as many as give each 200 symbols at most.",
    labels: {},
  },
  volgate_unscraped_symbols: {
    type: "gauge",
    unit: "symbols",
    help: "Symbols that a scrape without shard left out, because there are more than 200: 0 where shards are named. See docs/operations/scraping.md.",
    labels: {},
  },
  volgate_alerts_up: { type: "gauge", unit: "1 or 0", help: "1 when the alerts object answered.", labels: {} },
  volgate_alert_active: {
    type: "gauge",
    unit: "1",
    help: "Alerts that fire, by symbol (* is the whole gateway), its venue where it has one, and rule; 1 while it is so.",
    labels: { symbol: "a symbol, feed: and a venue, or *", rule: "an alert rule of docs/operations/alerts.md" },
  },
  volgate_webhook_deliveries_total: {
    type: "counter",
    unit: "changes",
    help: "Begins and ends of alerts, and spikes, for a webhook by outcome: delivered, retried, dead (given up), collapsed (ended while the begin waited, which was not sent any more).",
    labels: { webhook: WEBHOOK, outcome: ["delivered", "retried", "dead", "collapsed"] },
  },
  volgate_webhook_waiting: {
    type: "gauge",
    unit: "messages",
    help: "Messages that wait for a webhook.",
    labels: { webhook: WEBHOOK },
  },
  volgate_webhook_open: {
    type: "gauge",
    unit: "alerts",
    help: "Alerts that a webhook was told of, or may have been, and whose end it has not got.",
    labels: { webhook: WEBHOOK },
  },
  volgate_webhook_dead_letters: {
    type: "gauge",
    unit: "messages",
    help: "Messages that were given up and wait for an operator.",
    labels: { webhook: WEBHOOK },
  },
  volgate_feed_up: {
    type: "gauge",
    unit: "1 or 0",
    help: "1 while a feed of the gateway is live, by venue.",
    labels: { venue: FEED_VENUE },
  },
  volgate_feed_last_message_timestamp_seconds: {
    type: "gauge",
    unit: "seconds since 1970",
    help: "When a feed received its last message. Missing before the first.",
    labels: { venue: FEED_VENUE },
  },
  volgate_feed_lag_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Mean delay from a tick's own time to its receipt. Missing before the first tick.",
    labels: { venue: FEED_VENUE },
  },
  volgate_feed_connections_total: {
    type: "counter",
    unit: "connections",
    help: `Connections of a feed by outcome: opened, lost (opened, and ended by whoever), failed (did not open). ${FEED_COUNTS}`,
    labels: { venue: FEED_VENUE, outcome: ["opened", "lost", "failed"] },
  },
  volgate_feed_messages_total: {
    type: "counter",
    unit: "messages",
    help: `Messages that a feed received. ${FEED_COUNTS}`,
    labels: { venue: FEED_VENUE },
  },
  volgate_feed_garbled_messages_total: {
    type: "counter",
    unit: "messages",
    help: `Messages that could not be read. ${FEED_COUNTS}`,
    labels: { venue: FEED_VENUE },
  },
  volgate_feed_ticks_total: {
    type: "counter",
    unit: "ticks",
    help: `Ticks of a feed: received, delivered (the symbol took them), refused (malformed), repeated (a trade that was seen before), dropped (not taken, or no room). ${FEED_COUNTS}`,
    labels: { venue: FEED_VENUE, outcome: ["received", "delivered", "refused", "repeated", "dropped"] },
  },
  volgate_feed_waiting_ticks: {
    type: "gauge",
    unit: "ticks",
    help: "Ticks of a feed that are to be delivered.",
    labels: { venue: FEED_VENUE },
  },
  volgate_feed_gaps_total: {
    type: "counter",
    unit: "gaps",
    help: `Times that the venue's numbers left something out. ${FEED_COUNTS}`,
    labels: { venue: FEED_VENUE },
  },
  volgate_feed_missed_total: {
    type: "counter",
    unit: "trades or messages",
    help: `What is missing by the venue's numbers: of trades, or of a connection's messages. ${FEED_COUNTS}`,
    labels: { venue: FEED_VENUE, of: ["trades", "messages"] },
  },
  volgate_feed_symbols: {
    type: "gauge",
    unit: "symbols",
    help: "Symbols that a feed follows by the state of their subscription.",
    labels: { venue: FEED_VENUE, state: ["asked", "subscribed", "refused"] },
  },
  volgate_degraded: {
    type: "gauge",
    unit: "symbols or aliases",
    help: "Why the gateway is degraded, and how many symbols or aliases it concerns; missing while it is not so.",
    labels: { reason: "a reason of docs/operations/health.md" },
  },
  volgate_experiment_e_value: {
    type: "gauge",
    unit: "e-value",
    help: `Evidence that the challenger is better. ${AS_OF}`,
    labels: {},
  },
  volgate_experiment_needed_e_value: {
    type: "gauge",
    unit: "e-value",
    help: `Evidence that the rule needs: 20 of the first challenger of a champion, more of each one after it. ${AS_OF}`,
    labels: {},
  },
  volgate_experiment_tries: {
    type: "gauge",
    unit: "comparisons",
    help: `Comparisons with this champion so far, the running one included. ${AS_OF}`,
    labels: {},
  },
  volgate_experiment_blocks: {
    type: "gauge",
    unit: "blocks",
    help: `Blocks of time in the evidence. ${AS_OF}`,
    labels: {},
  },
  volgate_experiment_episodes: {
    type: "gauge",
    unit: "episodes",
    help: `Separate spikes in these blocks; the rule needs 30. ${AS_OF}`,
    labels: {},
  },
  volgate_watch_e_value: {
    type: "gauge",
    unit: "e-value",
    help: "Evidence that the champion's predecessor, or the strongest baseline, is better than it. As of the last look.",
    labels: { guard: ["predecessor", "reference"] },
  },
  volgate_watch_needed_e_value: {
    type: "gauge",
    unit: "e-value",
    help: "Evidence from which the champion is demoted, or the operator told: 20 at the first look, more at each later one.",
    labels: { guard: ["predecessor", "reference"] },
  },
  volgate_watch_blocks: {
    type: "gauge",
    unit: "blocks",
    help: "Blocks of time in that evidence. As of the last look.",
    labels: { guard: ["predecessor", "reference"] },
  },
  volgate_champion_worse: {
    type: "gauge",
    unit: "1 or 0",
    help: "1 while the champion is shown worse than that model and still serves.",
    labels: { guard: ["predecessor", "reference"] },
  },
} as const satisfies Record<string, Metric>;

/** The catalogue, in the order of a scrape. */
export const METRICS = { summed, isolates, symbol, gateway };

/**
 * The metrics of a symbol that are those of its own grid. Each further grid of `GRIDS` has them too, with the label
 * `grid`; what belongs to the symbol as a whole has no such label.
 */
export const GRID_METRICS = [
  "volgate_steps_closed_total",
  "volgate_rv_60_bps",
  "volgate_spread_bps",
  "volgate_tau_bps",
  "volgate_alert_threshold",
  "volgate_followed_threshold",
  "volgate_threshold_changes_total",
  "volgate_served_precision",
  "volgate_served_recall",
  "volgate_served_alert_rate",
  "volgate_threshold_values",
  "prediction_score",
  "last_prediction_timestamp",
  "volgate_prediction_stale",
  "volgate_prediction_expired",
  "volgate_pr_auc",
  "volgate_roc_auc",
  "volgate_brier",
  "volgate_ece",
  "volgate_lift",
  "volgate_base_rate",
  "volgate_expected_base_rate",
  "volgate_episodes",
  "volgate_resolved",
  "volgate_quality_blocks",
  "volgate_sigma_labels",
  "volgate_sigma_qlike",
  "volgate_sigma_coverage",
  "volgate_labels_total",
  "volgate_drift_share",
  "volgate_drift_threshold",
  "volgate_drift_ratio",
  "volgate_drift_ratio_threshold",
  "volgate_drift_verdict",
  "volgate_recalibration_state",
  "volgate_recalibration_slope",
  "volgate_recalibration_level",
  "volgate_recalibration_e_value",
  "volgate_month_ece",
  "volgate_damaged_pages",
  "volgate_archived_predictions_total",
  "volgate_prediction_archive_lag_seconds",
  "volgate_unarchived_predictions_total",
] as const satisfies readonly SymbolMetric[];

export type SummedMetric = keyof typeof summed;
export type IsolatesMetric = keyof typeof isolates;
export type SymbolMetric = keyof typeof symbol;
export type GatewayMetric = keyof typeof gateway;
type MetricName = SummedMetric | IsolatesMetric | SymbolMetric | GatewayMetric;

type MetricOf<Name extends MetricName> = (typeof summed & typeof isolates & typeof symbol & typeof gateway)[Name];
type ValueOf<Values> = Values extends readonly (infer Value extends string)[] ? Value : string;

/** The labels of one sample of a metric, without those that name a symbol. */
export type LabelsOf<Name extends MetricName> = {
  readonly [Label in keyof MetricOf<Name>["labels"]]: ValueOf<MetricOf<Name>["labels"][Label]>;
};
