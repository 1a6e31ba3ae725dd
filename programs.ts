// The list of all programs: what `npm run volgate -- --help` shows. Each is loaded only when it is run.
import type { ProgramList } from "./command-line/program-list.ts";

const MODEL: ProgramList = {
  import: {
    summary: "makes an artifact of a model trained elsewhere",
    load: () => import("./trainer/import.ts"),
  },
  publish: { summary: "puts artifacts into a bucket", load: () => import("./trainer/publish.ts") },
  promote: {
    summary: "makes a published artifact champion of a gateway, or its challenger",
    load: () => import("./trainer/promote.ts"),
  },
  rollback: {
    summary: "gives champion back to the model that held it before",
    load: () => import("./trainer/rollback.ts"),
  },
};

const BENCH: ProgramList = {
  features: { summary: "ticks per second through the feature engine", load: () => import("./bench/features.ts") },
  ingest: { summary: "durable ticks per second on bare workerd", load: () => import("./bench/ingest.ts") },
  predict: {
    summary: "GET /predict while ticks come in: requests and latency",
    load: () => import("./bench/predict.ts"),
  },
  monitor: { summary: "what live quality and drift cost: time and memory", load: () => import("./bench/monitor.ts") },
  kill: { summary: "kills workerd again and again and counts what was lost", load: () => import("./bench/kill.ts") },
  drift: { summary: "false alarms and sensitivity of the drift alarms", load: () => import("./bench/drift.ts") },
  promotion: {
    summary: "false promotions and waits of the sequential rule",
    load: () => import("./bench/promotion.ts"),
  },
  gbdt: { summary: "gradient boosting beside LightGBM on synthetic rows", load: () => import("./bench/lightgbm.ts") },
  bars: { summary: "gradient boosting beside LightGBM on one-minute bars", load: () => import("./bench/bars.ts") },
  imbalance: { summary: "what class weights and resampling do", load: () => import("./bench/imbalance.ts") },
};

export const PROGRAMS: ProgramList = {
  start: {
    summary: "starts the gateway on this machine and feeds it a simulated market",
    load: () => import("./feeds/start.ts"),
  },
  replay: { summary: "sends recorded ticks to a gateway", load: () => import("./feeds/replay.ts") },
  train: {
    summary: "trains models on recorded ticks, judges them, and writes artifacts and a report",
    load: () => import("./trainer/train.ts"),
  },
  retrain: {
    summary: "makes a challenger of what the gateway has archived, or shows the whole loop with --demo",
    load: () => import("./trainer/retrain.ts"),
  },
  model: { summary: "imports, publishes, promotes models, and rolls back", programs: MODEL },
  bundle: { summary: "makes the models that ship with the gateway", load: () => import("./trainer/bundle.ts") },
  parity: {
    summary: "compares the running gateway with the trainer, bit for bit",
    load: () => import("./feeds/parity.ts"),
  },
  bench: { summary: "measures: speed, losses, false alarms", programs: BENCH },
};
