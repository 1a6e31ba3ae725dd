// The list of all programs: what `npm run volgate -- --help` shows. Each is loaded only when it is run.
import type { ProgramList } from "./command-line/program-list.ts";
import { venuePrograms } from "./feeds/feed/feed-programs.ts";

const MODEL: ProgramList = {
  list: {
    summary: "lists the models in a bucket",
    load: async () => (await import("./trainer/list.ts")).program,
  },
  show: {
    summary: "shows what a published model is",
    load: async () => (await import("./trainer/show.ts")).program,
  },
  compare: {
    summary: "shows two published models side by side",
    load: async () => (await import("./trainer/compare.ts")).program,
  },
  evaluate: {
    summary: "judges a model on recordings by the rules of a training run",
    load: async () => (await import("./trainer/evaluate.ts")).program,
  },
  import: {
    summary: "makes an artifact of a model trained elsewhere",
    load: async () => (await import("./trainer/import.ts")).program,
  },
  publish: {
    summary: "puts artifacts into a bucket",
    load: async () => (await import("./trainer/publish.ts")).program,
  },
  promote: {
    summary: "makes a published artifact champion of a gateway, or its challenger",
    load: async () => (await import("./trainer/promote.ts")).program,
  },
  backfill: {
    summary: "gives a challenger the record that it earns on archived ticks",
    load: async () => (await import("./trainer/backfill.ts")).program,
  },
  rollback: {
    summary: "makes the previous champion champion again",
    load: async () => (await import("./trainer/rollback.ts")).program,
  },
  threshold: {
    summary: "changes the threshold of a served model",
    load: async () => (await import("./trainer/threshold.ts")).program,
  },
};

const BENCH: ProgramList = {
  features: {
    summary: "ticks per second through the feature engine",
    load: async () => (await import("./bench/features.ts")).program,
  },
  score: {
    summary: "the time of a step's scores, by the own scorer and by onnxruntime",
    load: async () => (await import("./bench/score.ts")).program,
  },
  ingest: {
    summary: "durable ticks per second on bare workerd",
    load: async () => (await import("./bench/ingest.ts")).program,
  },
  sockets: {
    summary: "durable ticks per second through sockets, beside HTTP",
    load: async () => (await import("./bench/sockets.ts")).program,
  },
  grids: {
    summary: "what further grids and horizons cost: processor time of a tick, bytes of a symbol's database",
    load: async () => (await import("./bench/grids.ts")).program,
  },
  horizons: {
    summary: "what the feature engines of several horizons cost, and what sharing would save",
    load: async () => (await import("./bench/horizons.ts")).program,
  },
  bodies: {
    summary: "the memory that the worst bodies take",
    load: async () => (await import("./bench/bodies.ts")).program,
  },
  predict: {
    summary: "GET /predict while ticks come in: requests and latency",
    load: async () => (await import("./bench/predict.ts")).program,
  },
  costs: {
    summary: "counts what Cloudflare would bill: rows, requests, processor time",
    load: async () => (await import("./bench/costs/costs.ts")).program,
  },
  serve: {
    summary: "the self-hosted gateway beside bare workerd and wrangler dev",
    load: async () => (await import("./bench/serve.ts")).program,
  },
  fanout: {
    summary: "what scrapers and readers cost an ingest of one tick",
    load: async () => (await import("./bench/fanout.ts")).program,
  },
  stream: {
    summary: "readers of the stream: what idle ones cost, and how fast events reach live ones",
    load: async () => (await import("./bench/stream.ts")).program,
  },
  memory: {
    summary: "memory of an active symbol in the isolate",
    load: async () => (await import("./bench/memory.ts")).program,
  },
  monitor: {
    summary: "what live quality and drift cost: time and memory",
    load: async () => (await import("./bench/monitor.ts")).program,
  },
  recordings: {
    summary: "rows and megabytes a second that are read of CSV, NDJSON and Parquet",
    load: async () => (await import("./bench/recordings.ts")).program,
  },
  kill: {
    summary: "kills workerd again and again and counts what was lost",
    load: async () => (await import("./bench/kill.ts")).program,
  },
  drift: {
    summary: "false alarms and sensitivity of the drift alarms",
    load: async () => (await import("./bench/drift.ts")).program,
  },
  recalibration: {
    summary: "calibration of raw, recalibrated and served scores",
    load: async () => (await import("./bench/recalibration.ts")).program,
  },
  promotion: {
    summary: "false promotions and waits of the sequential rule",
    load: async () => (await import("./bench/promotion.ts")).program,
  },
  volatility: {
    summary: "coverage and width of the quantiles of the volatility, QLIKE against EWMA and HAR",
    load: async () => (await import("./bench/volatility.ts")).program,
  },
  threshold: {
    summary: "goals of thresholds, fixed and following, by month",
    load: async () => (await import("./bench/threshold.ts")).program,
  },
  alerts: {
    summary: "false alarms and delays of the alert rules on live quality",
    load: async () => (await import("./bench/alerts.ts")).program,
  },
  backfill: {
    summary: "how long a challenger's record of thirty days of archived ticks takes",
    load: async () => (await import("./bench/backfill.ts")).program,
  },
  coverage: {
    summary: "how often the 95 % intervals cover the truth",
    load: async () => (await import("./bench/coverage.ts")).program,
  },
  gbdt: {
    summary: "gradient boosting beside LightGBM on synthetic rows",
    load: async () => (await import("./bench/lightgbm.ts")).program,
  },
  bars: {
    summary: "gradient boosting beside LightGBM on one-minute bars",
    load: async () => (await import("./bench/bars.ts")).program,
  },
  imbalance: {
    summary: "what class weights and resampling do",
    load: async () => (await import("./bench/imbalance.ts")).program,
  },
  symbols: {
    summary: "what pooled training over many symbols counts, fits and passes",
    load: async () => (await import("./bench/symbols.ts")).program,
  },
};

const FEED: ProgramList = {
  ...venuePrograms(),
  tardis: {
    summary: "trades and quotes of other venues, through the library tardis-dev",
    load: async () => (await import("./feeds/feed/tardis-program.ts")).program,
  },
  kafka: {
    summary: "feeds a gateway from a Kafka topic",
    load: async () => (await import("./feeds/kafka/kafka.ts")).program,
  },
};

export const PROGRAMS: ProgramList = {
  start: {
    summary: "starts the gateway on this machine and feeds it a simulated market",
    load: async () => (await import("./feeds/start.ts")).program,
  },
  dev: {
    summary: "runs wrangler dev in this terminal",
    load: async () => (await import("./feeds/dev.ts")).program,
  },
  serve: {
    summary: "serves the gateway on this machine for good, without Cloudflare",
    load: async () => (await import("./self-host/serve.ts")).program,
  },
  cost: {
    summary: "calculates what a gateway costs on Cloudflare a month",
    load: async () => (await import("./costs/cost.ts")).program,
  },
  inspect: {
    summary: "shows what recordings hold, and how to train on them",
    load: async () => (await import("./feeds/inspect.ts")).program,
  },
  replay: {
    summary: "sends recorded ticks to a gateway",
    load: async () => (await import("./feeds/replay.ts")).program,
  },
  feed: { summary: "follows a venue or a Kafka topic and sends what comes to a gateway", programs: FEED },
  warm: {
    summary: "creates symbols with a history from recordings, before their first live tick",
    load: async () => (await import("./feeds/warm.ts")).program,
  },
  train: {
    summary: "trains models on recorded ticks, judges them, and writes artifacts and a report",
    load: async () => (await import("./trainer/train.ts")).program,
  },
  retrain: {
    summary: "makes a challenger of what the gateway has archived, or shows the whole loop with --demo",
    load: async () => (await import("./trainer/retrain.ts")).program,
  },
  rows: {
    summary: "writes labelled feature rows with folds as a Parquet dataset, for any trainer",
    load: async () => (await import("./trainer/rows.ts")).program,
  },
  model: { summary: "lists, shows, judges, imports, publishes, promotes models, and rolls back", programs: MODEL },
  bundle: {
    summary: "makes the models that ship with the gateway",
    load: async () => (await import("./trainer/bundle.ts")).program,
  },
  parity: {
    summary: "compares the running gateway with the trainer, bit for bit",
    load: async () => (await import("./feeds/parity.ts")).program,
  },
  bench: { summary: "measures: speed, losses, false alarms", programs: BENCH },
};
