// Rows of the dashboard about symbols: predictions, quality, drift, feeds, archive.
import { lines, type Row } from "./panel.ts";

const JOB = 'job="$job"';
const SYMBOL = `${JOB},symbol=~"$symbol"`;
/** Of the default grid: further grids have the label. */
const GRID = `${SYMBOL},grid=""`;
const WINDOW = `${GRID},window="$window"`;
const RATE = "$__rate_interval";
/** A panel without episodes beside it would let a figure look firmer than it is. */
const READ_WITH =
  "Read it beside the episodes: with fewer than 30 it says little. It has no interval here; GET /symbols/:symbol/quality does.";

const predictions: Row = {
  title: "Predictions",
  panels: [
    lines("Probability of a spike", "percentunit", "Of the live prediction.", {
      "{{symbol}}": `prediction_score{${GRID}}`,
    }),
    lines(
      "Volatility and threshold",
      "short",
      "Realized volatility of the last 60 steps and τ, in basis points. A spike is the volatility of the next horizon above τ.",
      {
        "{{symbol}} σ": `volgate_rv_60_bps{${GRID}}`,
        "{{symbol}} τ": `volgate_tau_bps{${GRID}}`,
      },
    ),
    lines("Age of the live prediction", "s", "Since the end of its step. Replayed recordings are as old as they are.", {
      "{{symbol}}": `time() - last_prediction_timestamp{${GRID}}`,
    }),
    lines("Stale and expired", "bool", "1 while the prediction is stale, or its horizon is over.", {
      "{{symbol}} stale": `volgate_prediction_stale{${GRID}}`,
      "{{symbol}} expired": `volgate_prediction_expired{${GRID}}`,
    }),
    lines("Steps closed", "short", "A second.", { "{{symbol}}": `rate(volgate_steps_closed_total{${GRID}}[${RATE}])` }),
    lines("Failed runs of models", "short", "A second. The log, event scoring_error, names the alias.", {
      "{{symbol}}": `rate(volgate_scoring_errors_total{${SYMBOL}}[${RATE}])`,
    }),
  ],
};

const quality: Row = {
  title: "Quality",
  panels: [
    lines(
      "PR-AUC",
      "percentunit",
      `Area under precision and recall, beside the share of spikes, which is chance. ${READ_WITH}`,
      {
        "{{symbol}} {{alias}}": `volgate_pr_auc{${WINDOW}}`,
        "{{symbol}} chance": `volgate_base_rate{${WINDOW},alias="champion"}`,
      },
    ),
    lines("Episodes", "short", "Separate events among the spikes: on how much the other figures stand.", {
      "{{symbol}}": `volgate_episodes{${WINDOW},alias="champion"}`,
    }),
    lines("Brier score", "short", `Mean squared error of the probabilities; lower is better. ${READ_WITH}`, {
      "{{symbol}} {{alias}}": `volgate_brier{${WINDOW}}`,
    }),
    lines(
      "Realised minus expected",
      "percentunit",
      "Share of spikes that came, minus the share that the probabilities promised. Beyond ± 2 % and its interval the rule `calibration` fires.",
      {
        "{{symbol}}": `volgate_base_rate{${WINDOW},alias="champion"} - volgate_expected_base_rate{${WINDOW},alias="champion"}`,
      },
    ),
    lines("Calibration error", "percentunit", `Expected calibration error over 10 bins. ${READ_WITH}`, {
      "{{symbol}} {{alias}}": `volgate_ece{${WINDOW}}`,
    }),
    lines("Labels", "short", "A second, by what became of them.", {
      "{{symbol}} {{outcome}}": `rate(volgate_labels_total{${GRID}}[${RATE}])`,
    }),
    lines(
      "Evidence for the challenger",
      "short",
      "E value of the experiment, and the one that the rule promotes from: 20, or more where the champion was compared before. Empty without an experiment.",
      {
        "e value": `volgate_experiment_e_value{${JOB}}`,
        needed: `volgate_experiment_needed_e_value{${JOB}}`,
        comparisons: `volgate_experiment_tries{${JOB}}`,
      },
    ),
    lines(
      "Blocks and episodes of the experiment",
      "short",
      "What the evidence stands on; the rule needs 30 episodes.",
      {
        blocks: `volgate_experiment_blocks{${JOB}}`,
        episodes: `volgate_experiment_episodes{${JOB}}`,
      },
    ),
  ],
};

const drift: Row = {
  title: "Drift",
  panels: [
    lines(
      "Largest ratio to its own threshold",
      "short",
      "Of a feature, in the last closed window. Above its threshold the window counts as drifted.",
      {
        "{{symbol}} {{window}}": `volgate_drift_ratio{${GRID}}`,
        "{{symbol}} {{window}} threshold": `volgate_drift_ratio_threshold{${GRID}}`,
      },
    ),
    lines(
      "Share of drifted features",
      "percentunit",
      "In the last closed window, beside the share above which it counts as drifted.",
      {
        "{{symbol}} {{window}}": `volgate_drift_share{${GRID}}`,
        "{{symbol}} {{window}} threshold": `volgate_drift_threshold{${GRID}}`,
      },
    ),
    lines(
      "Drifted symbols",
      "percentunit",
      "Share of symbols whose last window drifted. One in twenty does by chance.",
      { "{{window}}": `volgate:drifted_symbols:ratio{${JOB}}` },
    ),
    {
      ...lines("Verdicts", "short", "On the last closed window: `uncalibrated` and `too_few_rows` are no ok.", {
        "{{symbol}} {{window}} {{verdict}}": `volgate_drift_verdict{${GRID}} == 1`,
      }),
      ...{ kind: "table", width: 24 },
    },
  ],
};

const feeds: Row = {
  title: "Feeds of the gateway",
  panels: [
    lines("Live", "bool", "1 while a feed is live. Empty without feeds: a gateway that is fed from outside has none.", {
      "{{venue}}": `volgate_feed_up{${JOB}}`,
    }),
    lines("Age of the last message", "s", "Since a feed received anything.", {
      "{{venue}}": `time() - volgate_feed_last_message_timestamp_seconds{${JOB}}`,
    }),
    lines("Delay of ticks", "s", "Mean, from a tick's own time to its receipt.", {
      "{{venue}}": `volgate_feed_lag_seconds{${JOB}}`,
    }),
    lines("Ticks of feeds", "short", "A second, by outcome.", {
      "{{venue}} {{outcome}}": `rate(volgate_feed_ticks_total{${JOB}}[${RATE}])`,
    }),
    lines(
      "Gaps",
      "short",
      "Times in an hour that the venue's numbers left something out, and what is missing by them.",
      {
        "{{venue}} gaps": `increase(volgate_feed_gaps_total{${JOB}}[1h])`,
        "{{venue}} missed {{of}}": `increase(volgate_feed_missed_total{${JOB}}[1h])`,
      },
    ),
    lines("Connections", "short", "Opened, lost and failed in an hour.", {
      "{{venue}} {{outcome}}": `increase(volgate_feed_connections_total{${JOB}}[1h])`,
    }),
    lines("Ticks that wait", "short", "To be delivered to their symbols.", {
      "{{venue}}": `volgate_feed_waiting_ticks{${JOB}}`,
    }),
    lines("Subscriptions", "short", "Symbols by the state of their subscription.", {
      "{{venue}} {{state}}": `volgate_feed_symbols{${JOB}}`,
    }),
  ],
};

const archive: Row = {
  title: "Archive and storage",
  panels: [
    lines(
      "Archive behind",
      "s",
      "Event time from the end of the archive to the newest tick. Half an hour is normal. Empty without a bucket.",
      {
        "{{symbol}} ticks": `volgate_archive_lag_seconds{${SYMBOL}}`,
        "{{symbol}} predictions": `volgate_prediction_archive_lag_seconds{${GRID}}`,
      },
    ),
    lines("Archived", "short", "A second.", {
      "{{symbol}} ticks": `rate(volgate_archived_ticks_total{${SYMBOL}}[${RATE}])`,
      "{{symbol}} predictions": `rate(volgate_archived_predictions_total{${GRID}}[${RATE}])`,
    }),
    lines(
      "Failures and losses",
      "short",
      "In an hour: objects that could not be written, batches and predictions that will not be archived.",
      {
        "{{symbol}} failures": `increase(volgate_archive_failures_total{${SYMBOL}}[1h])`,
        "{{symbol}} lost batches": `increase(volgate_archive_lost_batches_total{${SYMBOL}}[1h])`,
        "{{symbol}} predictions": `increase(volgate_unarchived_predictions_total{${GRID}}[1h])`,
      },
    ),
    lines("Steps compared with the archive", "short", "A second.", {
      "{{symbol}}": `rate(volgate_parity_steps_total{${SYMBOL}}[${RATE}])`,
    }),
    lines("Steps that differ", "short", "Since creation. Must be 0.", {
      "{{symbol}}": `volgate_parity_mismatch_total{${SYMBOL}}`,
    }),
    lines("Databases", "bytes", "Size of a symbol's database.", { "{{symbol}}": `volgate_storage_bytes{${SYMBOL}}` }),
  ],
};

export const SYMBOL_ROWS = { predictions, quality, drift, feeds, archive };
