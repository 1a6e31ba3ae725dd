// All benchmarks by name: what each measures, and how `all` runs it.

/** What a benchmark is for: speed and memory, losses, or the statistics of what the gateway says. */
type Kind = "speed" | "losses" | "statistics";

export interface BenchEntry {
  readonly summary: string;
  readonly kind: Kind;
  /** With these options `all` runs it, in about so many seconds on two cores at rest; absent when `all` does not. */
  readonly quick?: { readonly args: string; readonly seconds: number };
}

export const BENCHES = {
  features: {
    summary: "ticks per second through the feature engine",
    kind: "speed",
    quick: { args: "", seconds: 25 },
  },
  score: { summary: "the time of a step's scores, by the own scorer and by onnxruntime", kind: "speed" },
  ingest: {
    summary: "durable ticks per second on bare workerd, beside a worker that only stores",
    kind: "speed",
    quick: { args: "", seconds: 220 },
  },
  sockets: {
    summary: "durable ticks per second through sockets, beside HTTP and a worker that only stores",
    kind: "speed",
    quick: { args: "--symbols 1,4 --density 40,10000", seconds: 580 },
  },
  predict: {
    summary: "GET /predict while ticks come in, beside a worker that answers a constant",
    kind: "speed",
    quick: { args: "", seconds: 440 },
  },
  grids: {
    summary: "what further grids and horizons cost: processor time of a tick, bytes of a symbol's database",
    kind: "speed",
  },
  horizons: {
    summary: "what the feature engines of several horizons cost, and what sharing would save",
    kind: "speed",
  },
  bodies: { summary: "the memory that the worst bodies take", kind: "speed", quick: { args: "", seconds: 40 } },
  costs: { summary: "counts what Cloudflare would bill: rows, requests, processor time", kind: "speed" },
  serve: { summary: "the self-hosted gateway beside bare workerd and wrangler dev", kind: "speed" },
  fanout: { summary: "what scrapers and readers cost an ingest of one tick", kind: "speed" },
  stream: { summary: "readers of the stream: what idle ones cost, and how fast events reach live ones", kind: "speed" },
  memory: { summary: "memory of an active symbol in the isolate", kind: "speed" },
  monitor: {
    summary: "what live quality and drift cost: time and memory",
    kind: "speed",
    quick: { args: "", seconds: 60 },
  },
  recordings: { summary: "rows and megabytes a second that are read of CSV, NDJSON and Parquet", kind: "speed" },
  gbdt: { summary: "gradient boosting beside LightGBM on synthetic rows", kind: "speed" },
  bars: { summary: "gradient boosting beside LightGBM on one-minute bars", kind: "speed" },
  backfill: {
    summary: "how long a challenger's record of thirty days of archived ticks takes",
    kind: "speed",
  },
  kill: { summary: "kills workerd again and again and counts what was lost", kind: "losses" },
  drift: { summary: "false alarms and sensitivity of the drift alarms", kind: "statistics" },
  recalibration: { summary: "calibration of raw, recalibrated and served scores", kind: "statistics" },
  promotion: { summary: "false promotions and waits of the sequential rule", kind: "statistics" },
  volatility: {
    summary: "coverage and width of the quantiles of the volatility, QLIKE against EWMA and HAR",
    kind: "statistics",
  },
  threshold: { summary: "goals of thresholds, fixed and following, by month", kind: "statistics" },
  alerts: { summary: "false alarms and delays of the alert rules on live quality", kind: "statistics" },
  coverage: { summary: "how often the 95 % intervals cover the truth", kind: "statistics" },
  imbalance: { summary: "what class weights and resampling do", kind: "statistics" },
  symbols: { summary: "what pooled training over many symbols counts, fits and passes", kind: "statistics" },
} as const satisfies Readonly<Record<string, BenchEntry>>;

export type BenchName = keyof typeof BENCHES;

/** Those that `all` runs, in its order. */
export function quickBenches(): {
  readonly name: string;
  readonly args: readonly string[];
  readonly seconds: number;
}[] {
  return Object.entries<BenchEntry>(BENCHES).flatMap(([name, { quick }]) =>
    quick === undefined
      ? []
      : [{ name, args: quick.args.split(" ").filter((part) => part !== ""), seconds: quick.seconds }],
  );
}
