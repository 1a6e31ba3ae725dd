// The programs of `npm run bench`: one for each benchmark, and those that go over several.
import type { ProgramList } from "../command-line/program-list.ts";
import type { Program } from "../command-line/program.ts";
import { BENCHES, type BenchName } from "./catalogue.ts";

type Loaded = Promise<{ readonly program: Program }>;

const FILES: Readonly<Record<BenchName, () => Loaded>> = {
  features: () => import("./features.ts"),
  score: () => import("./score.ts"),
  ingest: () => import("./ingest.ts"),
  sockets: () => import("./sockets.ts"),
  predict: () => import("./predict.ts"),
  grids: () => import("./grids.ts"),
  horizons: () => import("./horizons.ts"),
  bodies: () => import("./bodies.ts"),
  costs: () => import("./costs/costs.ts"),
  serve: () => import("./serve.ts"),
  fanout: () => import("./fanout.ts"),
  stream: () => import("./stream.ts"),
  memory: () => import("./memory.ts"),
  monitor: () => import("./monitor.ts"),
  recordings: () => import("./recordings.ts"),
  gbdt: () => import("./lightgbm.ts"),
  bars: () => import("./bars.ts"),
  backfill: () => import("./backfill.ts"),
  kill: () => import("./kill.ts"),
  drift: () => import("./drift.ts"),
  recalibration: () => import("./recalibration.ts"),
  promotion: () => import("./promotion.ts"),
  volatility: () => import("./volatility.ts"),
  threshold: () => import("./threshold.ts"),
  alerts: () => import("./alerts.ts"),
  coverage: () => import("./coverage.ts"),
  imbalance: () => import("./imbalance.ts"),
  symbols: () => import("./symbols.ts"),
};

export function benchPrograms(): ProgramList {
  const entries = Object.entries(FILES).map(([name, load]) => {
    const { summary } = BENCHES[name as BenchName];
    return [name, { summary, load: async () => (await load()).program }] as const;
  });
  return {
    list: {
      summary: "lists the benchmarks by what they measure",
      load: async () => (await import("./list.ts")).program,
    },
    all: {
      summary: "runs the quick benchmarks of speed, one after the other",
      load: async () => (await import("./all.ts")).program,
    },
    compare: {
      summary: "measures the code of two commits in turn",
      load: async () => (await import("./compare.ts")).program,
    },
    ...Object.fromEntries(entries),
  };
}
