// The list of all programs: what `npm run volgate -- --help` shows. Each is loaded only when it is run.
import type { ProgramList } from "./command-line/program-list.ts";
import { benchPrograms } from "./bench/bench-programs.ts";
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
  chaos: {
    summary: "injects faults into a gateway under load and accounts for every tick",
    load: async () => (await import("./chaos/chaos.ts")).program,
  },
  fuzz: {
    summary: "mutated inputs for everything that reads what comes from outside",
    load: async () => (await import("./fuzz/fuzz.ts")).program,
  },
  bench: { summary: "measures: speed, losses, false alarms", programs: benchPrograms() },
};
