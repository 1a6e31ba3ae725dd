// `npm run bench:features`: ticks per second through the feature engine, and CPU time a step by the rows that are kept.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { EXIT } from "../command-line/exit-code.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { recordingsOperand } from "../command-line/recordings-operand.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { readTickFiles } from "../recordings/tick-files.ts";
import { ClosedSteps } from "../src/features/closed-steps.ts";
import { FeatureEngine } from "../src/features/feature-engine.ts";
import { ID_FIELD, PackedTicks, TICK_FIELDS } from "../src/features/packed-ticks.ts";
import { ROW_NAMES, type RowName } from "../src/features/schema.ts";
import { benchCommand } from "./bench-command.ts";

const shared = resolve(import.meta.dirname, "..", "..", "shared", "data", "coinbase-2025");
const BATCH = 100;
const ROUNDS = 7;
const KEPT: Readonly<Record<string, readonly RowName[]>> = {
  "no row": [],
  "default-1 and peer-10": ["default-1", "peer-10"],
  "all rows": ROW_NAMES,
};
const KEPT_ROUNDS = 25;

const FEATURES = benchCommand(
  "features",
  `
Ticks per second through the feature engine on one core, on real ticks and on a stream ten times as dense; CPU time a
step by the rows that are kept, and the bytes of a symbol's state.`,
  {},
  { operands: recordingsOperand("Without them ../shared/data/coinbase-2025, else simulated ticks", 0) },
);

export const program: Program = {
  command: FEATURES,
  run: async (args) => {
    const rows = await load(parseCommandLine(FEATURES, args).operands);
    const dense = tenTimes(rows);
    console.log(`${rows.length / TICK_FIELDS} ticks, batches of ${BATCH}, ${ROUNDS} rounds each, in turn`);
    const times = { "1 x": [] as number[], "10 x": [] as number[] };
    let steps = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const one = run(rows);
      const ten = run(dense);
      steps = one.steps;
      if (round === 0) continue; // the first round compiles
      times["1 x"].push(one.ms);
      times["10 x"].push(ten.ms);
    }
    console.log(`${steps} steps closed, ${(rows.length / TICK_FIELDS / steps).toFixed(1)} ticks a step`);
    for (const [name, ms] of Object.entries(times)) {
      const ticks = (rows.length / TICK_FIELDS) * (name === "1 x" ? 1 : 10);
      const perTick = (t: number): string => ((t * 1e6) / ticks).toFixed(0);
      const [least, middle, most] = spread(ms);
      const rate = Math.round((ticks / middle) * 1000).toLocaleString("en-US");
      console.log(
        `${name}: ${rate} ticks/s (median), ${perTick(middle)} ns a tick (${perTick(least)} to ${perTick(most)})`,
      );
    }
    printKept(rows);
    return EXIT.done;
  },
};

/** Prints the CPU time of a step, least of many rounds in turn, and the bytes of a symbol's state. */
function printKept(rows: Float64Array): void {
  const least = new Map<string, number>();
  for (let round = 0; round < KEPT_ROUNDS; round++) {
    for (const [name, kept] of Object.entries(KEPT)) {
      const { cpuUs, steps } = run(rows, kept);
      least.set(name, Math.min(least.get(name) ?? Infinity, cpuUs / steps));
    }
  }
  console.log(`CPU time a step, least of ${KEPT_ROUNDS} rounds in turn:`);
  for (const [name, us] of least) console.log(`${name}: ${us.toFixed(2)} µs`);
  console.log(`state of a symbol: ${new FeatureEngine().save().byteLength.toLocaleString("en-US")} bytes`);
}

/** Ticks of the files, of the shared recordings, or of a simulated market. */
async function load(positionals: readonly string[]): Promise<Float64Array> {
  const packed = new PackedTicks(65_536);
  if (positionals.length > 0 || existsSync(shared)) {
    const { ticks } = await readTickFiles(positionals.length > 0 ? positionals : [shared], { symbol: "BTC-USD" });
    for (const tick of ticks) packed.add(tick);
  } else {
    console.log(`no recordings: ${shared} is absent; simulated ticks instead`);
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

function run(ticks: Float64Array, kept: readonly RowName[] = ROW_NAMES): { ms: number; cpuUs: number; steps: number } {
  const engine = new FeatureEngine();
  const out = new ClosedSteps(1, BATCH, kept);
  const verdicts = new Uint8Array(BATCH);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (let at = 0; at < ticks.length; at += BATCH * TICK_FIELDS) {
    out.clear();
    engine.process(ticks.subarray(at, at + BATCH * TICK_FIELDS), out, verdicts);
  }
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - startedAt, cpuUs: user + system, steps: engine.stepsClosed };
}

function spread(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
}
