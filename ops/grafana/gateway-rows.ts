// Rows of the dashboard about the gateway as a whole: what an operator looks at first, ticks, requests, cost.
import { lines, type Row, stat } from "./panel.ts";

const JOB = 'job="$job"';
const RATE = "$__rate_interval";

const overview: Row = {
  title: "Overview",
  panels: [
    {
      ...stat(
        "Available",
        "bool_yes_no",
        "A scrape is answered and a champion serves in every isolate.",
        `volgate:available:bool{${JOB}}`,
      ),
      bad: { below: 1 },
    },
    stat("Symbols", "short", "Symbols of the directory.", `max(volgate_symbols{${JOB}})`),
    stat(
      "Accepted ticks",
      "short",
      "Ticks a second that symbols accepted, over 5 minutes.",
      `volgate:accepted_ticks:rate5m{${JOB}}`,
    ),
    {
      ...stat(
        "Stale predictions",
        "percentunit",
        "Of the symbols that have one. A symbol that warms up has none.",
        `volgate:stale_predictions:ratio{${JOB}}`,
      ),
      bad: { above: 0.1 },
    },
    {
      ...stat(
        "Predict p99",
        "s",
        "Time to answer /predict, over 5 minutes. Read from buckets.",
        `volgate:predict_latency_seconds:p99_5m{${JOB}}`,
      ),
      bad: { above: 0.05 },
    },
    {
      ...stat(
        "Unscraped symbols",
        "short",
        "Symbols that this scrape left out: more than 200 without shards.",
        `max(volgate_unscraped_symbols{${JOB}})`,
      ),
      bad: { above: 1 },
    },
    {
      ...{ title: "Error budgets left", kind: "bars", unit: "percentunit", width: 8, bad: { below: 0.1 } },
      description:
        "Of 30 days, by objective: 100 % is all of it, below 0 the objective is missed (docs/operations/slo.md).",
      queries: [{ expr: `volgate:slo_budget_left:ratio_30d{${JOB}}`, legend: "{{slo}}" }],
    },
    {
      ...{ title: "Why it is degraded", kind: "table", unit: "short", width: 8 },
      description:
        "Reasons of /health and how many symbols or aliases each concerns. Empty while nothing is the matter.",
      queries: [{ expr: `volgate_degraded{${JOB}}`, legend: "{{reason}}" }],
    },
    {
      ...{ title: "What serves", kind: "table", unit: "short", width: 8 },
      description:
        "Which version holds which alias in how many isolates. `simulated` models are toys, whatever their figures.",
      queries: [
        {
          expr: `volgate_model_isolates{${JOB}} * on (alias, version) group_left (evidence) volgate_model_info{${JOB}}`,
          legend: "{{alias}} {{version}}",
        },
      ],
    },
    {
      ...{ title: "Alerts of the gateway", kind: "table", unit: "short", width: 8 },
      description: "Its own rules that fire (docs/operations/alerts.md). Empty while none does.",
      queries: [{ expr: `volgate_alert_active{${JOB}}`, legend: "{{rule}} {{symbol}}" }],
    },
    {
      ...{ title: "Messages to webhooks", kind: "table", unit: "short", width: 8 },
      description: "Messages that wait, and those that were given up and need an operator.",
      queries: [
        { expr: `volgate_webhook_waiting{${JOB}}`, legend: "waiting {{webhook}}" },
        { expr: `volgate_webhook_open{${JOB}}`, legend: "open {{webhook}}" },
        { expr: `volgate_webhook_dead_letters{${JOB}}`, legend: "dead {{webhook}}" },
      ],
    },
    {
      ...{ title: "Code", kind: "table", unit: "short", width: 8 },
      description: "Version and commit that answer. Two rows: a deploy is under way.",
      queries: [{ expr: `volgate_build_info{${JOB}}`, legend: "{{version}} {{commit}}" }],
    },
  ],
};

const ingest: Row = {
  title: "Ingest",
  panels: [
    lines(
      "Ticks by outcome",
      "short",
      "A second, by way and outcome. `late` is not applied, `failed` must be sent again.",
      { "{{way}} {{outcome}}": `volgate:ticks:rate5m{${JOB}}` },
    ),
    lines("Refused ticks by reason", "short", "A second. Reasons are in docs/errors.md.", {
      "{{way}} {{reason}}": `volgate:rejected_ticks:rate5m{${JOB}}`,
    }),
    lines("Time to take a batch", "s", "POST /ingest, and a feed's batch; read from buckets.", {
      "{{way}} p50": `volgate:ingest_latency_seconds:p50_5m{${JOB}}`,
      "{{way}} p99": `volgate:ingest_latency_seconds:p99_5m{${JOB}}`,
    }),
    lines("Batches", "short", "Of one symbol, a second. `failed` is the gateway's fault, `refused` the sender's.", {
      "{{way}} {{outcome}}": `sum by (way, outcome) (rate(volgate_ingest_batches_total{${JOB}}[${RATE}]))`,
    }),
    lines("Batches that failed", "short", "A second, by code.", {
      "{{way}} {{code}}": `sum by (way, code) (rate(volgate_ingest_failures_total{${JOB}}[${RATE}]))`,
    }),
    lines("Bytes received", "Bps", "Bodies of POST /ingest, unpacked.", {
      bytes: `sum(rate(volgate_ingest_bytes_total{${JOB}}[${RATE}]))`,
    }),
  ],
};

const requests: Row = {
  title: "Requests",
  panels: [
    lines("Requests", "reqps", "By route.", { "{{endpoint}}": `sum by (endpoint) (volgate:requests:rate5m{${JOB}})` }),
    lines(
      "Answers 4xx and 5xx",
      "reqps",
      "By route and status. 5xx is the gateway's fault and counts against its objective.",
      { "{{endpoint}} {{status}}": `volgate:requests:rate5m{${JOB},status=~"[45].."}` },
    ),
    lines(
      "Time to answer /predict",
      "s",
      "Read from buckets; around I/O only, as the clock stands still during CPU work in production.",
      {
        p50: `volgate:predict_latency_seconds:p50_5m{${JOB}}`,
        p95: `histogram_quantile(0.95, sum by (le) (rate(prediction_latency_seconds_bucket{${JOB}}[${RATE}])))`,
        p99: `volgate:predict_latency_seconds:p99_5m{${JOB}}`,
      },
    ),
    lines("Predictions", "short", "Answered a second, by model and outcome: 1 is an alert.", {
      "{{model_version}} {{prediction}}": `sum by (model_version, prediction) (rate(predictions_total{${JOB}}[${RATE}]))`,
    }),
    lines("Time of objects to answer", "s", "99th percentile by kind of object, read from buckets.", {
      "{{object}}": `histogram_quantile(0.99, sum by (object, le) (rate(volgate_object_latency_seconds_bucket{${JOB}}[${RATE}])))`,
    }),
    lines(
      "Calls of objects that fail",
      "short",
      "A second, by kind of object; those without an answer in time apart.",
      {
        "{{object}} failed": `sum by (object) (rate(volgate_object_failures_total{${JOB}}[${RATE}]))`,
        "{{object}} no answer": `sum by (object) (rate(volgate_object_timeouts_total{${JOB}}[${RATE}]))`,
      },
    ),
  ],
};

const cost: Row = {
  title: "Cost",
  panels: [
    lines(
      "Dollars a month",
      "currencyUSD",
      "At the rate of the last hour and list prices, before what the plan includes; without duration and storage (docs/costs.md). Not a bill.",
      { "{{driver}}": `volgate:cost_dollars_per_month:rate1h{${JOB}}` },
    ),
    lines("Rows written", "short", "A second, by kind of object; as billed.", {
      "{{object}}": `sum by (object) (rate(volgate_rows_written_total{${JOB}}[${RATE}]))`,
    }),
    lines("Requests of objects", "short", "A second, alarms included, by kind of object.", {
      "{{object}}": `sum by (object) (rate(volgate_object_requests_total{${JOB}}[${RATE}]))`,
      "{{object}} alarms": `sum by (object) (rate(volgate_alarm_runs_total{${JOB}}[${RATE}]))`,
    }),
    lines("Operations on the bucket", "short", "A second, by the class of their price.", {
      "{{class}} {{operation}}": `sum by (class, operation) (rate(volgate_r2_operations_total{${JOB}}[${RATE}]))`,
    }),
    lines("Lines of the log", "short", "A second, by level. A healthy gateway logs nothing.", {
      "{{level}}": `sum by (level) (rate(volgate_log_events_total{${JOB}}[${RATE}]))`,
    }),
    lines("Isolates", "short", "That reported in the last six minutes.", { isolates: `max(volgate_isolates{${JOB}})` }),
  ],
};

export const GATEWAY_ROWS = { overview, ingest, requests, cost };
