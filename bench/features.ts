// `npm run bench -- features`: ticks per second through the feature engine, and processor time a step by the rows that
// are kept.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { recordingsOperand } from "../command-line/recordings-operand.ts";
import { readTickFiles } from "../recordings/tick-files.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import type { ClosedSteps } from "../src/features/closed-steps.ts";
import type { FeatureEngine } from "../src/features/feature-engine.ts";
import { ID_FIELD, PackedTicks, TICK_FIELDS } from "../src/features/packed-ticks.ts";
import { ROW_NAMES, type RowName } from "../src/features/schema.ts";
import { benchCommand } from "./bench-command.ts";
import { type Bench, CORE_OPTIONS, roundsOption } from "./core/bench.ts";
import { benchProgram } from "./core/bench-program.ts";

const SHARED = resolve(import.meta.dirname, "..", "..", "shared", "data", "coinbase-2025");
const BATCH = 100;

const FEATURES = benchCommand(
  "features",
  `
Ticks per second through the feature engine on one core, on real ticks and on a stream ten times as dense; processor
time a step by the rows that are kept, and the bytes of a symbol's state.`,
  { ...CORE_OPTIONS, rounds: roundsOption("9") },
  { operands: recordingsOperand("Without them ../shared/data/coinbase-2025, else simulated ticks", 0) },
);

type Measured = "ticks" | "time of a tick" | "processor time" | "ticks a step" | "state";
interface Case {
  readonly label: string;
  readonly isDense: boolean;
  readonly kept: readonly RowName[];
}

/** The engine of a checkout, and what it is fed with. */
interface Prepared {
  readonly FeatureEngine: typeof FeatureEngine;
  readonly ClosedSteps: typeof ClosedSteps;
  readonly ticks: Float64Array;
  readonly dense: Float64Array;
}

export const bench: Bench<typeof FEATURES.options, Measured, Case, Prepared> = {
  command: FEATURES,
  measures: {
    ticks: { unit: "ticks/s", better: "more", digits: 0 },
    "time of a tick": { unit: "ns", better: "less", digits: 0 },
    "processor time": { unit: "µs a step", better: "less", digits: 2 },
    "ticks a step": { unit: "ticks", better: "more", digits: 1 },
    state: { unit: "bytes a symbol", better: "less", digits: 0 },
  },
  ways: [{ name: "engine" }],
  ratios: [],
  goals: [],
  cases: () => [
    { label: "all rows", isDense: false, kept: ROW_NAMES },
    { label: "all rows, ten times as dense", isDense: true, kept: ROW_NAMES },
    { label: "default-1 and peer-10", isDense: false, kept: ["default-1", "peer-10"] },
    { label: "no row", isDense: false, kept: [] },
  ],
  prepare: async ({ checkout }, { operands }) => {
    const ticks = await load(operands);
    return { ...(await engineOf(checkout)), ticks, dense: tenTimes(ticks) };
  },
  measure: ({ case: { isDense, kept }, prepared }) => Promise.resolve(run(prepared, isDense, kept)),
};

export const program = benchProgram(bench);

async function engineOf(checkout: string): Promise<Pick<Prepared, "FeatureEngine" | "ClosedSteps">> {
  const file = (name: string): string => pathToFileURL(join(checkout, "src", "features", `${name}.ts`)).href;
  const engine = (await import(file("feature-engine"))) as Pick<Prepared, "FeatureEngine">;
  const steps = (await import(file("closed-steps"))) as Pick<Prepared, "ClosedSteps">;
  return { ...engine, ...steps };
}

/** Ticks of the files, of the shared recordings, or of a simulated market. */
async function load(files: readonly string[]): Promise<Float64Array> {
  const packed = new PackedTicks(65_536);
  if (files.length > 0 || existsSync(SHARED)) {
    const { ticks } = await readTickFiles(files.length > 0 ? files : [SHARED], { symbol: "BTC-USD" });
    for (const tick of ticks) packed.add(tick);
  } else {
    console.log(`no recordings: ${SHARED} is absent; simulated ticks instead`);
    const fromMs = Date.parse("2025-01-01T00:00:00Z");
    for (const tick of simulateTicks({ seed: 1, symbol: "BTC-USD", fromMs, toMs: fromMs + 14_400_000 }))
      packed.add(tick);
  }
  return packed.rows();
}

/** Every tick ten times, with ids of their own so that none is a duplicate. */
function tenTimes(source: Float64Array): Float64Array {
  const copies = new Float64Array(source.length * 10);
  for (let i = 0; i < source.length / TICK_FIELDS; i++) {
    for (let copy = 0; copy < 10; copy++) {
      const at = (i * 10 + copy) * TICK_FIELDS;
      copies.set(source.subarray(i * TICK_FIELDS, (i + 1) * TICK_FIELDS), at);
      copies[at + ID_FIELD] = i * 10 + copy;
    }
  }
  return copies;
}

function run(prepared: Prepared, isDense: boolean, kept: readonly RowName[]): Record<Measured, number> {
  const ticks = isDense ? prepared.dense : prepared.ticks;
  const engine = new prepared.FeatureEngine();
  const out = new prepared.ClosedSteps(1, BATCH, kept);
  const verdicts = new Uint8Array(BATCH);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (let at = 0; at < ticks.length; at += BATCH * TICK_FIELDS) {
    out.clear();
    engine.process(ticks.subarray(at, at + BATCH * TICK_FIELDS), out, verdicts);
  }
  const { user, system } = process.cpuUsage(before);
  const ms = performance.now() - startedAt;
  const [count, steps] = [ticks.length / TICK_FIELDS, engine.stepsClosed];
  return {
    ticks: (count * 1000) / ms,
    "time of a tick": (ms * 1e6) / count,
    "processor time": (user + system) / steps,
    "ticks a step": count / steps,
    state: engine.save().byteLength,
  };
}
